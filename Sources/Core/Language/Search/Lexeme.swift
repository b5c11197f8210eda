/// A word form that search indexes: letters and digits only, so that no tokeniser of a store breaks it.
public struct Lexeme: Sendable, Hashable {
    /// How far the form is from what was written; the order is that of trust.
    public enum Form: Int, Sendable, Comparable, CaseIterable {
        /// The word itself, normalised.
        case surface
        /// Without prefixes (Hebrew, Arabic), or the stem (English, French, Russian); also the words an acronym stands for, and back.
        case stem
        /// Also without endings of number, gender, possession and construct state (Hebrew, Arabic); an acronym without its sign.
        case base
        /// Hebrew consonants of the word or its stem, after a `0` that keeps them apart from words: full and defective spelling meet here.
        case spelling
        /// The same of a base: far from what was written, and fit for a guess only.
        case skeleton

        public static func < (left: Form, right: Form) -> Bool { left.rawValue < right.rawValue }

        /// What the form is worth, 1 for the word itself. Two words that meet are worth the product of the forms in which they do.
        public var weight: Double {
            switch self {
            case .surface: 1
            case .stem: 0.6
            case .base, .spelling: 0.4
            case .skeleton: 0.2
            }
        }
    }

    public let text: String
    public let form: Form
    /// A hash of the text (FNV-1a over its scalars): lexemes of one text have one key, so that an index need keep no texts.
    public let key: UInt64

    /// - Parameter key: the hash of the letters, by whoever made it.
    init(_ letters: some Collection<UInt32>, _ form: Form, key: UInt64) {
        (text, self.form, self.key) = (WordForms.text(letters), form, key)
    }

    /// The key that a lexeme of these letters has.
    public static func key(_ letters: some Collection<Unicode.Scalar>) -> UInt64 { WordForms.hash(letters.lazy.map(\.value)) }

    /// Stands before the letters of an acronym, so that עו״ד (a lawyer) is not עוד (more).
    static let acronymMark = UInt32(UInt8(ascii: "1"))

    /// The text without the mark of acronyms, for sorting by letter.
    public var letters: Substring {
        let rest = text.dropFirst()
        let isMarked = text.unicodeScalars.first?.value == Lexeme.acronymMark && rest.unicodeScalars.first?.isASCII == false
        return isMarked ? rest : text[...]
    }
}
