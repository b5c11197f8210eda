import Synchronization

/// Time-ordered identifiers (RFC 9562 section 5.7), as lower-case text of 36 characters. Keys made one after another lie next to
/// one another in an index, which random ones do not.
public enum UUIDv7 {
    /// The last time stamps used: milliseconds and a 12-bit fraction of one, so that ids of one process never go backwards. Those for the
    /// present and those for a moment long before it (a test, an import) go forward each by themselves.
    private static let last = Mutex<(present: UInt64, past: UInt64)>((0, 0))
    private static let farMilliseconds: UInt64 = 10_000

    public static func next(at time: Instant = .wallClock()) -> String {
        let microseconds = UInt64(max(0, time.microseconds))
        let now = (microseconds / 1_000) << 12 | (microseconds % 1_000) * 4096 / 1_000
        let stamp = last.withLock { last in
            if isNear(now, last.present) {
                // The first ids of a process may have been for a moment long ago: that goes on by itself when the present begins.
                if last.past == 0, !isNear(last.present, now) { last.past = last.present }
                last.present = max(now, last.present + 1)
                return last.present
            }
            last.past = isNear(now, last.past) ? max(now, last.past + 1) : now
            return last.past
        }
        var generator = SystemRandomNumberGenerator()
        return make(milliseconds: stamp >> 12, random: (stamp & 0xFFF, generator.next()))
    }

    /// Whether a moment is not long before the last one.
    private static func isNear(_ stamp: UInt64, _ last: UInt64) -> Bool { (stamp >> 12) + farMilliseconds >= last >> 12 }

    static func make(milliseconds: UInt64, random: (UInt64, UInt64)) -> String {
        let high = milliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        let low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
        return String(unsafeUninitializedCapacity: length) { output in
            var digits = 0
            for place in 0..<length {
                if isDash(place) { output[place] = UInt8(ascii: "-"); continue }
                let word = digits < 16 ? high : low
                output[place] = Hex.letter(UInt8(truncatingIfNeeded: word >> UInt64(60 - digits % 16 * 4) & 15))
                digits += 1
            }
            return length
        }
    }

    private static let length = 36
    private static func isDash(_ place: Int) -> Bool { place == 8 || place == 13 || place == 18 || place == 23 }

    /// True for text in the shape of a UUID: what a path parameter must be before it reaches a query.
    public static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == length && text.utf8.enumerated().allSatisfy { place, byte in
            isDash(place) ? byte == UInt8(ascii: "-") : Hex.digit(byte) != nil
        }
    }
}
