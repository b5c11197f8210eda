/// The forms of one word, collected without repeats and in the order of trust.
struct WordForms {
    private(set) var lexemes: [Lexeme] = []

    mutating func add(_ text: String, _ form: Lexeme.Form) {
        guard !text.isEmpty, !lexemes.contains(where: { $0.text == text }) else { return }
        lexemes.append(Lexeme(text: text, form: form))
    }

    /// The UTF-8 text of scalars that are all valid, because folding let nothing else through.
    static func text(_ letters: some Collection<UInt32>, marker: UInt8? = nil) -> String {
        String(unsafeUninitializedCapacity: letters.count * 4 + 1) { buffer in
            var count = 0
            func put(_ byte: UInt32) {
                buffer[count] = UInt8(truncatingIfNeeded: byte)
                count += 1
            }
            if let marker { put(UInt32(marker)) }
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
