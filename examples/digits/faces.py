"""The fonts of the digits example, in one table: kind, Debian package, licence, file below the font folders.

`hand` faces look written, `print` faces do not. A package is either trained on or held out, never both, so a held-out
face has no sister in the training set. Run as a script, it prints the packages to install.
"""

from pathlib import Path
from typing import NamedTuple

FOLDERS = [Path("/usr/share/fonts/truetype"), Path("/usr/share/fonts/opentype"), Path("/usr/share/fonts")]

TRAIN_TABLE = """
hand  fonts-breip                            OFL-1.0        breip/Breip.ttf
hand  fonts-bwht                             OFL-1.1        bwht/BecauseWeBuild-Regular.otf
hand  fonts-bwht                             OFL-1.1        bwht/BecauseWeConnect-Regular.otf
hand  fonts-bwht                             OFL-1.1        bwht/BecauseWeCreate-Regular.otf
hand  fonts-bwht                             OFL-1.1        bwht/BecauseWeLearn-Regular.otf
hand  fonts-bwht                             OFL-1.1        bwht/BecauseWeMentor-Regular.otf
hand  fonts-bwht                             OFL-1.1        bwht/BecauseWeOrganize-Regular.otf
hand  fonts-klee                             OFL-1.1        klee/KleeOne-Regular.ttf
hand  fonts-yusei-magic                      OFL-1.1        yusei-magic/YuseiMagic-Regular.ttf
hand  fonts-seto                             OFL-1.1        seto/setofont.ttf
hand  fonts-kiloji                           BSD-3-Clause   kiloji/kiloji.ttf
hand  fonts-kiloji                           BSD-3-Clause   kiloji/kiloji_b.ttf
hand  fonts-tomsontalks                      OFL-1.1        tomsontalks/TomsonTalks.ttf
hand  fonts-dancingscript                    OFL-1.1        dancingscript/DancingScript-Regular.otf
hand  fonts-kaushanscript                    OFL-1.1        kaushanscript/KaushanScript-Regular.otf
hand  fonts-aoyagi-kouzan-t                  public-domain  aoyagi-kouzan-t/AoyagiKouzanT.ttf
hand  fonts-aoyagi-soseki                    public-domain  aoyagi-soseki/aoyagi-soseki.ttf
hand  fonts-nanum-extra                      OFL-1.1        nanum/NanumBarunpenR.ttf
hand  fonts-nanum-extra                      OFL-1.1        nanum/NanumBrush.ttf
hand  fonts-nanum-extra                      OFL-1.1        nanum/NanumPen.ttf
hand  fonts-yozvox-yozfont-standard-kana     OFL-1.1        yozvox-yozfont/YOzBSP.ttf
hand  fonts-routed-gothic                    OFL-1.1        routed-gothic/routed-gothic.ttf
hand  fonts-routed-gothic                    OFL-1.1        routed-gothic/routed-gothic-narrow.ttf
hand  fonts-georgewilliams                   OFL-1.1        fonts-georgewilliams/Caliban.ttf
hand  fonts-georgewilliams                   OFL-1.1        fonts-georgewilliams/Cupola.ttf
hand  fonts-leckerli-one                     OFL-1.1        leckerli-one/LeckerliOne-Regular.ttf
hand  fonts-lobstertwo                       OFL-1.1        lobstertwo/LobsterTwo-Regular.otf
print fonts-dejavu-core                      Bitstream-Vera dejavu/DejaVuSans.ttf
print fonts-dejavu-core                      Bitstream-Vera dejavu/DejaVuSansMono.ttf
print fonts-dejavu-core                      Bitstream-Vera dejavu/DejaVuSerif.ttf
print fonts-liberation2                      OFL-1.1        liberation2/LiberationSans-Regular.ttf
print fonts-liberation2                      OFL-1.1        liberation2/LiberationSerif-Regular.ttf
print fonts-liberation2                      OFL-1.1        liberation2/LiberationMono-Regular.ttf
print fonts-open-sans                        Apache-2.0     open-sans/OpenSans-Regular.ttf
print fonts-cantarell                        OFL-1.1        cantarell/Cantarell-Regular.otf
print fonts-roboto-fontface                  Apache-2.0     roboto-fontface/roboto/Roboto-Regular.ttf
print fonts-comfortaa                        OFL-1.1        comfortaa/Comfortaa-Regular.ttf
print fonts-dosis                            OFL-1.1        dosis/Dosis-Book.otf
print fonts-quicksand                        OFL-1.1        quicksand/Quicksand-Regular.ttf
print fonts-cabin                            OFL-1.1        cabin/Cabin-Regular.otf
print fonts-junction                         OFL-1.1        junction/Junction.otf
print fonts-inconsolata                      OFL-1.0        inconsolata/Inconsolata.otf
print fonts-hack                             MIT+Vera       hack/Hack-Regular.ttf
print fonts-cmu                              OFL-1.1        cmu/cmunrm.ttf
print fonts-cmu                              OFL-1.1        cmu/cmunti.ttf
print fonts-cmu                              OFL-1.1        cmu/cmunss.ttf
print fonts-oldstandard                      OFL-1.0        fonts-oldstandard/OldStandard-Regular.ttf
print fonts-sil-andika                       OFL-1.1        andika/Andika-Regular.ttf
print fonts-tuffy                            public-domain  tuffy/tuffy_regular.ttf
print fonts-fantasque-sans                   OFL-1.1        fantasque-sans/Normal/TTF/FantasqueSansMono-Regular.ttf
print fonts-mononoki                         OFL-1.1        mononoki/mononoki-Regular.ttf
print fonts-go                               BSD-3-Clause   fonts-go/Go-Regular.ttf
print fonts-go                               BSD-3-Clause   fonts-go/Go-Mono.ttf
print fonts-karla                            OFL-1.1        karla/Karla-Regular.otf
print fonts-monofur                          OFL-1.1        monofur/monof55.ttf
print fonts-eurofurence                      OFL-1.1        eurofurence/eurof55.ttf
print fonts-okolaks                          OFL-1.1        okolaks/okolaksRegular.ttf
print fonts-gnutypewriter                    OFL-1.1        gnutypewriter/GNUTypewriter.ttf
print fonts-vollkorn                         OFL-1.1        vollkorn/Vollkorn-Regular.ttf
print fonts-gfs-neohellenic                  OFL-1.1        neohellenic/GFSNeohellenic.otf
print fonts-manrope                          OFL-1.1        manrope/Manrope-Regular.ttf
"""

HELD_OUT_TABLE = """
hand  fonts-smc-chilanka                     OFL-1.1        malayalam/Chilanka-Regular.otf
hand  fonts-humor-sans                       OFL-1.1        humor-sans/Humor-Sans.ttf
hand  fonts-kristi                           OFL-1.1        kristi/Kristi.ttf
hand  fonts-comic-neue                       OFL-1.1        comic-neue/ComicNeue-Regular.otf
hand  fonts-kouzan-mouhitsu                  public-domain  kouzan-mouhitsu/kouzan-mouhitsu-gyosho.ttf
print fonts-lato                             OFL-1.1        lato/Lato-Regular.ttf
print fonts-sil-gentium-basic                OFL-1.1        gentium-basic/GenBasR.ttf
print fonts-b612                             OFL-1.1+EPL-2  b612/B612-Regular.otf
print fonts-jetbrains-mono                   Apache-2.0     jetbrains-mono/JetBrainsMono-Regular.ttf
print fonts-play                             OFL-1.1        play/Play-Regular.ttf
print fonts-crosextra-caladea                OFL-1.1        crosextra/Caladea-Regular.ttf
print fonts-national-park                    OFL-1.1        national-park/NationalPark-Regular.otf
print fonts-oxygen                           OFL-1.1        oxygen/Oxygen-Sans.ttf
print fonts-sora                             OFL-1.1        sora/Sora-Regular.otf
"""


class Face(NamedTuple):
    """One font file."""

    kind: str
    package: str
    licence: str
    file: str

    @property
    def name(self) -> str:
        return Path(self.file).stem

    def path(self) -> Path:
        """The installed file; says which package to install when there is none."""
        for folder in FOLDERS:
            if (folder / self.file).is_file():
                return folder / self.file
        raise SystemExit(f"font {self.file}: not installed; expected it from Debian package {self.package}")


def faces(table: str) -> list[Face]:
    return [Face(*line.split()) for line in table.strip().splitlines()]


if __name__ == "__main__":
    print(*sorted({face.package for face in faces(TRAIN_TABLE) + faces(HELD_OUT_TABLE)}))
