/// The forms of one word, collected without repeats and in the order of trust.
///
/// Forms are compared by a 64-bit hash of their letters (FNV-1a), not as strings: strings that are not ASCII compare by canonical
/// equivalence, which took most of the time. Should two forms ever collide, one of them is not indexed.
struct WordForms {
    private(set) var lexemes: [Lexeme] = []

    mutating func add(_ letters: some Collection<UInt32>, _ form: Lexeme.Form) {
        guard !letters.isEmpty else { return }
        let key = WordForms.hash(letters)
        if !lexemes.contains(where: { $0.key == key }) { lexemes.append(Lexeme(letters, form, key: key)) }
    }

    mutating func removeAll() { lexemes.removeAll(keepingCapacity: true) }

    static func hash(_ letters: some Collection<UInt32>) -> UInt64 {
        letters.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// The UTF-8 text of scalars that are all valid, because folding let nothing else through.
    static func text(_ letters: some Collection<UInt32>) -> String {
        String(unsafeUninitializedCapacity: letters.count * 4) { buffer in
            var count = 0
            func put(_ byte: UInt32) {
                buffer[count] = UInt8(truncatingIfNeeded: byte)
                count += 1
            }
            for letter in letters {
                switch letter {
                case ..<0x80: put(letter)
                case ..<0x800:
                    put(0xC0 | letter >> 6)
                    put(0x80 | letter & 0x3F)
                case ..<0x10000:
                    put(0xE0 | letter >> 12)
                    put(0x80 | letter >> 6 & 0x3F)
                    put(0x80 | letter & 0x3F)
                default:
                    put(0xF0 | letter >> 18)
                    put(0x80 | letter >> 12 & 0x3F)
                    put(0x80 | letter >> 6 & 0x3F)
                    put(0x80 | letter & 0x3F)
                }
            }
            return count
        }
    }
}
