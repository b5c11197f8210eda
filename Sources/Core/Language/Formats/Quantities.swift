public import Values

extension Formats {
    /// A whole number with thousands grouped: `1,234`, Russian and French `1 234` with a space that does not break.
    public static func number(_ value: Int64, in language: Language) -> String {
        (value < 0 ? minus(language) : "") + grouped(String(value.magnitude), language)
    }

    /// A number with a fixed count of decimals (0…6), rounded half away from zero. What is no number or too large shows as a dash.
    public static func number(_ value: Double, decimals: Int, in language: Language) -> String {
        let places = min(max(decimals, 0), 6)
        let scale = powersOfTen[places]
        let scaled = (value * Double(scale)).rounded()
        guard let minor = Int64(exactly: scaled) else { return "–" }
        return decimal(minor, scale: scale, places: places, language)
    }

    /// An amount with its currency sign: `374.00 ₪`. In Hebrew and Arabic it is isolated right-to-left, so that the sign stands left of the
    /// number whatever surrounds it. `trimsZeros` leaves out `.00` where a fee is told rather than accounted for.
    public static func money(_ money: Money, in language: Language, trimsZeros: Bool = false) -> String {
        let sign = currencySigns[money.currency] ?? money.currency
        let amount = trimsZeros && money.minorUnits.isMultiple(of: 100)
            ? number(money.minorUnits / 100, in: language) : decimal(money.minorUnits, scale: 100, places: 2, language)
        switch language {
        case .he, .ar: return Bidi.isolateRTL("\(amount)\u{A0}\(sign)")
        case .ru, .fr: return "\(amount)\u{A0}\(sign)"
        case .en:
            let gap = sign.utf8.allSatisfy { $0 < 0x80 } && sign.utf8.count > 1 ? "\u{A0}" : ""
            return money.minorUnits < 0 ? "-\(sign)\(gap)\(amount.dropFirst())" : "\(sign)\(gap)\(amount)"
        }
    }

    /// The size of a file in decimal units (IEC 80000-13: 1 kB = 1000 bytes), one decimal from a million up: `64 KB`, `1.5 MB`. Never `0`
    /// for a file that has something in it.
    public static func fileSize(_ bytes: Int64, in language: Language) -> String {
        let size = max(bytes, 0)
        let names = fileUnits[language] ?? ["KB", "MB", "GB"]
        let text: String
        switch size {
        case ..<1_000_000: text = "\(number((size + 999) / 1_000, in: language))\u{A0}\(names[0])"
        case ..<1_000_000_000: text = "\(tenths(size, of: 1_000_000, language))\u{A0}\(names[1])"
        default: text = "\(tenths(size, of: 1_000_000_000, language))\u{A0}\(names[2])"
        }
        return language == .he ? Bidi.isolateLTR(text) : text
    }

    private static func tenths(_ size: Int64, of unit: Int64, _ language: Language) -> String {
        let value = (size / (unit / 10))
        return value.isMultiple(of: 10) ? number(value / 10, in: language) : decimal(value, scale: 10, places: 1, language)
    }

    /// `minor / scale` with exactly `places` decimals.
    static func decimal(_ minor: Int64, scale: Int64, places: Int, _ language: Language) -> String {
        let sign = minor < 0 ? minus(language) : ""
        let whole = grouped(String(minor.magnitude / UInt64(scale)), language)
        guard places > 0 else { return sign + whole }
        let rest = String(minor.magnitude % UInt64(scale))
        let point = language == .ru || language == .fr ? "," : "."
        return sign + whole + point + String(repeating: "0", count: places - rest.utf8.count) + rest
    }

    private static func grouped(_ digits: String, _ language: Language) -> String {
        guard digits.utf8.count > 3 else { return digits }
        let separator = switch language {
        case .he, .ar, .en: ","
        case .ru: "\u{A0}"
        case .fr: "\u{202F}"
        }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index).isMultiple(of: 3) { text += separator }
            text.append(digit)
        }
        return text
    }

    /// With a left-to-right mark before it in right-to-left languages (as in CLDR): else the sign jumps behind the number.
    private static func minus(_ language: Language) -> String { language.isRightToLeft ? "\u{200E}-" : "-" }

    private static let powersOfTen: [Int64] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]
    private static let currencySigns = ["ILS": "₪", "USD": "$", "EUR": "€", "GBP": "£"]
    private static let fileUnits: [Language: [String]] = [
        .he: ["KB", "MB", "GB"], .ar: ["كيلوبايت", "ميغابايت", "غيغابايت"], .en: ["KB", "MB", "GB"], .ru: ["КБ", "МБ", "ГБ"],
        .fr: ["ko", "Mo", "Go"],
    ]
}
