/// A word form that search indexes: letters and digits only, so that no tokeniser of a store breaks it.
public struct Lexeme: Sendable, Hashable {
    /// How far the form is from what was written; the order is that of trust.
    public enum Form: Int, Sendable, Comparable, CaseIterable {
        /// The word itself, normalised.
        case surface
        /// Without prefixes (Hebrew, Arabic), or the stem (English, French, Russian); also the words an acronym stands for, and back.
        case stem
        /// Also without endings of number, gender and construct state (Hebrew, Arabic).
        case base
        /// Hebrew consonants only, after a `0` that keeps them apart from words: full and defective spelling fall together here.
        case skeleton

        public static func < (left: Form, right: Form) -> Bool { left.rawValue < right.rawValue }

        /// What a match is worth, 1 for the word itself. PostgreSQL's labels A, B, C, D stand in the same order.
        public var weight: Double {
            switch self {
            case .surface: 1
            case .stem: 0.6
            case .base: 0.4
            case .skeleton: 0.2
            }
        }
    }

    public let text: String
    public let form: Form
}
