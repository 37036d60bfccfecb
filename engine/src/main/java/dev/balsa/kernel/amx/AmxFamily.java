package dev.balsa.kernel.amx;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.tile.ProductFamily;
import dev.balsa.kernel.tile.RowProduct;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.tensor.Precision;
import java.util.List;

/// Products by tiles of bfloat16 numbers, summed in float (Intel SDM, volume 2, *TDPBF16PS*).
///
/// With `x = x0 + x1 + x2` in bfloat16 parts, each the rest of those before it rounded to nearest, one product is
/// `x0 w0`, off by 2^-7 of itself at most; three add `x0 w1 + x1 w0`, off by 3 * 2^-16 at most and by some 5e-6 on
/// the average; six add `x0 w2 + x1 w1 + x2 w0`, off by less than a float's own error, so that the sum is closer
/// to the exact result than one of products in float.
///
/// The tile unit takes denormal numbers and parts for zeros: where factors are about 1, results may be off by less
/// than 1e-37 for that. Where a factor is infinite, the result is infinite or NaN: its products with the other's
/// parts may have both signs. Where one is NaN, the result is NaN, and no other row or column sees it.
///
/// @param products 1, 3 or 6 for each pair of numbers
public record AmxFamily(int products) implements ProductFamily {
    /// With fewer rows most of a tile is idle, and reading the right factor takes the time: in one part for the
    /// vector units, in two or three here.
    private static final int LEAST_ROWS = 8;
    /// So many weights come from beyond a second-level cache in any run, and take half as long to come as bfloat16
    /// numbers: then a single product pays for any number of rows.
    private static final double MANY_WEIGHTS = 1 << 19;
    /// How many times the wanted multiply-adds may be done because rows, columns and depth fill up tiles, times
    /// products. One product has 19 times the rate of the vector units: half as much again is gained at the least.
    private static final double MOST_EFFORT = 12;

    private static final double MOST_WASTE = 4;
    /// Sums of so few products come faster than the vector units take them through functions of many instructions,
    /// which then are done sooner where they also multiply (measured on Sapphire Rapids with x / (1 + exp(-x))).
    private static final double SHORT_DEPTH = 24;

    /// With so few products, segments are read where they lie although up to [#MOST_BEHIND] times their length is
    /// read behind them: that takes 0.6 of the time for putting them together (measured on Sapphire Rapids with
    /// windows of 3x3 pixels of 3 channels; as long while another process uses the tile unit).
    private static final int FEW_PRODUCTS = 3;

    private static final int MOST_BEHIND = 3;

    /// What functions with a polynomial take.
    private static final int MANY_TEMPORARIES = 4;
    /// A tile of rows is split as a whole: so long it takes some megabytes of scratch memory.
    private static final double MOST_DEPTH = 1 << 16;

    /// Checks the number of products.
    public AmxFamily {
        if (products != 1 && products != 3 && products != 6) {
            throw new IllegalArgumentException("bfloat16 products: expected 1, 3 or 6, found " + products);
        }
    }

    /// The family that a precision allows.
    public static AmxFamily of(Precision precision) {
        return new AmxFamily(
                switch (precision) {
                    case EXACT -> 6;
                    case FAST -> 3;
                    case BF16 -> 1;
                });
    }

    /// How many parts a float is split into.
    int parts() {
        return switch (products) {
            case 1 -> 1;
            case 3 -> 2;
            default -> 3;
        };
    }

    @Override
    public Isa isa() {
        return Isa.AMX;
    }

    @Override
    public String type() {
        return products == 1 ? "bf16" : "bf16x" + products;
    }

    @Override
    public boolean supports(Size size, List<Stage> stages) {
        boolean isTall = size.rows() >= LEAST_ROWS;
        return (isTall || products == 1 && size.depth() * size.columns() >= MANY_WEIGHTS)
                && size.depth() <= MOST_DEPTH
                && waste(size) <= (products == 1 ? MOST_EFFORT : MOST_WASTE)
                && waste(size) * products <= MOST_EFFORT
                && !(size.depth() <= SHORT_DEPTH && products > 1 && StageCode.temporaries(stages) >= MANY_TEMPORARIES)
                && StageCode.knows(stages);
    }

    private static double waste(Size size) {
        double depth = Math.min(
                (double) size.segments() * filled((double) size.segment(), Tiles.DEPTH),
                filled(size.depth(), Tiles.DEPTH));
        // Few rows take as long as reading the weights.
        double rows = size.rows() < LEAST_ROWS ? 1 : filled(size.rows(), Tiles.ROWS) / size.rows();
        return rows * filled((double) size.columns(), Tiles.COLUMNS) / (double) size.columns() * depth / size.depth();
    }

    private static double filled(double count, int unit) {
        return Math.ceil(count / unit) * unit;
    }

    @Override
    public Cost cost(Size size, long rowBytes) {
        return AmxCost.of(this, size, rowBytes);
    }

    /// The epilogue of these products: with one of them, functions need not be exact.
    List<Stage> stages(List<Stage> stages) {
        return products == 1 ? new Epilogue(stages).rough().stages() : stages;
    }

    /// What has the parts that are multiplied; three of them do not go into the place of a float.
    @Override
    public boolean takes(Storage storage) {
        return switch (storage) {
            case FLOATS -> true;
            case PARTS -> parts() == 2;
            case BFLOAT16 -> parts() == 1;
        };
    }

    @Override
    public boolean takesFactors() {
        return true;
    }

    @Override
    public boolean seesThroughPadding() {
        return true;
    }

    /// Segments that end in the middle of a tile's depth and are much shorter than what is read there are put
    /// together instead; where products are few, only if they are shorter still: reading more takes less time.
    @Override
    public int readsBehind(int segment) {
        int behind = Tiles.filled(segment) - segment;
        return behind < (products <= FEW_PRODUCTS ? MOST_BEHIND : 1) * segment ? behind : 0;
    }

    @Override
    public RowProduct prepare(TileProduct.Request request, TileProduct.Right right, Constants constants) {
        return new AmxProduct(this, request, right, Workplace.here(request.parts()), constants);
    }
}
