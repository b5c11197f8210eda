/// A letter or sign after folding: what search regards as the same has become the same.
struct FoldedUnit {
    enum Kind: UInt8 {
        case separator, hebrew, arabic, cyrillic, latin, otherLetter, digit, quote, apostrophe, dot, comma
    }

    var scalar: UInt32
    var kind: Kind

    static let separator = FoldedUnit(scalar: 0x20, kind: .separator)
    var isWordPart: Bool { kind.rawValue >= Kind.hebrew.rawValue && kind.rawValue <= Kind.digit.rawValue }
}

/// Decomposition, case, points and letter variants in one pass over the scalars: a compatibility decomposition (Unicode UAX 15) of the
/// scripts of our five languages, from small tables, without Foundation. Marks are dropped; the maqaf and other signs become separators.
struct LetterFolding {
    private(set) var units: [FoldedUnit] = []

    init(_ text: String, scalarsMax: Int) {
        units.reserveCapacity(min(text.utf8.count, scalarsMax))
        for scalar in text.unicodeScalars.prefix(scalarsMax) { append(scalar.value) }
    }

    private mutating func add(_ scalar: UInt32, _ kind: FoldedUnit.Kind) { units.append(FoldedUnit(scalar: scalar, kind: kind)) }

    private mutating func append(_ value: UInt32) {
        switch value {
        case 0x00..<0x80: appendASCII(value)
        case 0x0591...0x05F4, 0xFB1D...0xFB4F: appendHebrew(value)
        case 0x0610...0x06ED, 0xFE80...0xFEFC: appendArabic(value)
        case 0x0400...0x045F: appendCyrillic(value)
        case 0x00C0...0x017F: appendLatin(LetterTables.latin[Int(value - 0xC0)])
        case 0xFB00...0xFB06: appendLatin(LetterTables.latinLigatures[Int(value - 0xFB00)])
        case 0x0300...0x036F: appendMark(value)
        case 0x2018...0x201B, 0x02BC, 0x00B4, 0x2032: add(value, .apostrophe)
        case 0x201C...0x201F, 0x2033: add(value, .quote)
        case 0xFF01...0xFF5E: appendASCII(value - 0xFEE0)
        case 0x00AD, 0x200C...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: break  // invisible inside words
        default: appendOther(value)
        }
    }

    private mutating func appendASCII(_ value: UInt32) {
        switch value {
        case 0x61...0x7A: add(value, .latin)
        case 0x41...0x5A: add(value + 0x20, .latin)
        case 0x30...0x39: add(value, .digit)
        case 0x22: add(value, .quote)
        case 0x27, 0x60: add(value, .apostrophe)
        case 0x2E: add(value, .dot)
        case 0x2C: add(value, .comma)
        default: units.append(.separator)
        }
    }

    private mutating func appendHebrew(_ value: UInt32) {
        switch value {
        case 0x05D0...0x05EA: add(LetterTables.hebrewWithoutFinals[Int(value - 0x05D0)], .hebrew)
        case 0x05BE, 0x05C0, 0x05C3, 0x05C6: units.append(.separator)  // maqaf, paseq, sof pasuq, nun hafukha
        case 0x0591...0x05C7: break  // points and accents
        case 0x05F0: add(0x05D5, .hebrew)
        case 0x05F1:
            add(0x05D5, .hebrew)
            add(0x05D9, .hebrew)
        case 0x05EF, 0x05F2: add(0x05D9, .hebrew)
        case 0x05F3: add(value, .apostrophe)
        case 0x05F4: add(value, .quote)
        case 0xFB1D...0xFB4F:
            for letter in LetterTables.hebrewPresentation[Int(value - 0xFB1D)].unicodeScalars { append(letter.value) }
        default: units.append(.separator)
        }
    }

    private mutating func appendArabic(_ value: UInt32) {
        switch value {
        case 0x0622, 0x0623, 0x0625, 0x0671: add(0x0627, .arabic)  // آ أ إ ٱ → ا
        case 0x0624: add(0x0648, .arabic)  // ؤ → و
        case 0x0626, 0x0649, 0x06CC: add(0x064A, .arabic)  // ئ ى ی → ي
        case 0x0629, 0x06C0...0x06C2, 0x06D5: add(0x0647, .arabic)  // ة → ه
        case 0x06A9: add(0x0643, .arabic)  // ک → ك
        case 0x0640, 0x0610...0x061A, 0x064B...0x065F, 0x0670: break  // tatweel, tashkeel
        case 0x06D6...0x06DC, 0x06DF...0x06E8, 0x06EA...0x06ED: break  // signs of recitation
        case 0x0660...0x0669: add(value - 0x0630, .digit)
        case 0x0621...0x064A: add(value, .arabic)
        case 0xFE80...0xFEFC:
            for letter in LetterTables.arabicPresentation[Int(value - 0xFE80)] { append(letter) }
        default: appendOther(value)
        }
    }

    private mutating func appendCyrillic(_ value: UInt32) {
        switch value {
        case 0x0410...0x042F: add(value + 0x20, .cyrillic)
        case 0x0400, 0x0401, 0x0450, 0x0451: add(0x0435, .cyrillic)  // ё → е
        case 0x0402...0x040F: add(value + 0x50, .cyrillic)
        default: add(value, .cyrillic)
        }
    }

    private mutating func appendLatin(_ letters: String) {
        if letters == "-" { return units.append(.separator) }
        for letter in letters.utf8 { add(UInt32(letter), .latin) }
    }

    /// Marks disappear, but и with a breve is the letter й, which a decomposed text must not lose.
    private mutating func appendMark(_ value: UInt32) {
        if value == 0x0306, let last = units.last, last.kind == .cyrillic, last.scalar == 0x0438 {
            units[units.count - 1].scalar = 0x0439
        }
    }

    private mutating func appendOther(_ value: UInt32) {
        guard let scalar = Unicode.Scalar(value) else { return units.append(.separator) }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            let lowered = scalar.properties.lowercaseMapping.unicodeScalars
            if let first = lowered.first, first != scalar {
                for letter in lowered { append(letter.value) }
            } else {
                add(value, .otherLetter)
            }
        case .decimalNumber: add(0x30 + UInt32(scalar.properties.numericValue ?? 0), .digit)
        case .nonspacingMark, .spacingMark, .enclosingMark, .format: break
        default: units.append(.separator)
        }
    }
}
