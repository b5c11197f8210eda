/// Which scalars one place of a pattern accepts.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var properties: [ScalarProperty] = []
    /// Sets inside this one, such as `\D` in `[\D,]`.
    var parts: [ScalarSet] = []
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let found = ranges.contains { $0.contains(scalar.value) } || properties.contains { $0.holds(scalar) } || parts.contains { $0.contains(scalar) }
        return found != isNegated
    }

    var negated: ScalarSet {
        var copy = self
        copy.isNegated.toggle()
        return copy
    }

    static func one(_ scalar: Unicode.Scalar) -> ScalarSet { ScalarSet(ranges: [scalar.value...scalar.value]) }
    static let digit = ScalarSet(ranges: [0x30...0x39])
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// WhiteSpace and LineTerminator of ECMA-262.
    static let space = ScalarSet(
        ranges: [
            0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F,
            0x3000...0x3000, 0xFEFF...0xFEFF,
        ])
    static let notLineEnd = ScalarSet(ranges: [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029], isNegated: true)
}

/// What `\p{…}` may name: general categories, a few binary properties, and the scripts of the five languages.
enum ScalarProperty: Sendable {
    case categories(Set<Unicode.GeneralCategory>)
    case ranges([ClosedRange<UInt32>])
    case alphabetic

    func holds(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .categories(let categories): categories.contains(scalar.properties.generalCategory)
        case .ranges(let ranges): ranges.contains { $0.contains(scalar.value) }
        case .alphabetic: scalar.properties.isAlphabetic
        }
    }

    init?(_ name: String) {
        let parts = name.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2 {
            switch parts[0] {
            case "Script", "sc", "Script_Extensions", "scx":
                guard let ranges = ScalarProperty.scripts[parts[1]] else { return nil }
                self = .ranges(ranges)
            case "General_Category", "gc": self.init(parts[1])
            default: return nil
            }
            return
        }
        if name == "Alphabetic" || name == "Alpha" { self = .alphabetic; return }
        guard let categories = ScalarProperty.categories[name] else { return nil }
        self = .categories(categories)
    }

    private static let scripts: [String: [ClosedRange<UInt32>]] = [
        "Hebrew": [0x0591...0x05C7, 0x05D0...0x05EA, 0x05EF...0x05F4, 0xFB1D...0xFB4F],
        "Arabic": [0x0600...0x0604, 0x0606...0x060B, 0x060D...0x061A, 0x061C...0x061E, 0x0620...0x063F, 0x0641...0x064A, 0x0656...0x066F,
            0x0671...0x06DC, 0x06DE...0x06FF, 0x0750...0x077F, 0x08A0...0x08E1, 0x08E3...0x08FF, 0xFB50...0xFDFF, 0xFE70...0xFEFC],
        "Latin": [0x41...0x5A, 0x61...0x7A, 0xAA...0xAA, 0xBA...0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x02B8, 0x1E00...0x1EFF],
        "Cyrillic": [0x0400...0x0484, 0x0487...0x052F, 0x1C80...0x1C88, 0x2DE0...0x2DFF, 0xA640...0xA69F],
    ]

    private static let categories: [String: Set<Unicode.GeneralCategory>] = {
        let letters: Set<Unicode.GeneralCategory> = [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
        let marks: Set<Unicode.GeneralCategory> = [.nonspacingMark, .spacingMark, .enclosingMark]
        let numbers: Set<Unicode.GeneralCategory> = [.decimalNumber, .letterNumber, .otherNumber]
        let punctuation: Set<Unicode.GeneralCategory> = [
            .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation,
        ]
        let separators: Set<Unicode.GeneralCategory> = [.spaceSeparator, .lineSeparator, .paragraphSeparator]
        return [
            "L": letters, "Letter": letters, "Lu": [.uppercaseLetter], "Ll": [.lowercaseLetter], "Lt": [.titlecaseLetter],
            "Lm": [.modifierLetter], "Lo": [.otherLetter], "M": marks, "Mark": marks, "Mn": [.nonspacingMark], "N": numbers,
            "Number": numbers, "Nd": [.decimalNumber], "digit": [.decimalNumber], "P": punctuation, "Punctuation": punctuation,
            "Pd": [.dashPunctuation], "Z": separators, "Separator": separators, "Zs": [.spaceSeparator],
        ]
    }()
}
