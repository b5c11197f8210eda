/// The same numbers from the same seed, on every machine and with every version of the standard library (SplitMix64: Steele, Lea and
/// Flood, "Fast splittable pseudorandom number generators", 2014).
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in `0 ..< limit`; 0 when the limit is 0.
    mutating func below(_ limit: Int) -> Int {
        limit > 0 ? Int(next().multipliedFullWidth(by: UInt64(limit)).high) : 0
    }

    mutating func between(_ low: Int, _ high: Int) -> Int { low + below(high - low + 1) }

    /// Uniform in `0 ..< 1`.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
    mutating func chance(_ probability: Double) -> Bool { fraction() < probability }
    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

    /// Near the middle of the range more often than at its ends: the mean of three uniform draws.
    mutating func around(_ low: Double, _ high: Double) -> Double { low + (fraction() + fraction() + fraction()) / 3 * (high - low) }
}

/// Draws an index with given weights in time log n.
struct WeightedIndex: Sendable {
    private let sums: [Double]

    init(_ weights: [Double]) {
        var sum = 0.0
        sums = weights.map {
            sum += max(0, $0); return sum
        }
    }

    func draw(_ random: inout SeededRandom) -> Int {
        let wanted = random.fraction() * (sums.last ?? 0)
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > wanted { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
