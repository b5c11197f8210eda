/// A word found in a text: a run of one script (Latin letters and digits may mix).
struct Word {
    /// Where its letters stand in `Words.letters`.
    var range: Range<Int>
    var script: FoldedUnit.Kind
    /// Written with gershayim or dots between its letters, as עו״ד and ת.ז. are.
    var isAcronym: Bool
}

/// Cuts folded text into words.
struct Words {
    /// Longer words are cut: nothing that long is a word.
    static let lettersMax = 40

    private(set) var letters: [UInt32] = []
    private(set) var words: [Word] = []
    private let units: [FoldedUnit]
    private var position = 0
    private var start = 0

    init(_ text: String, scalarsMax: Int) {
        units = LetterFolding(text, scalarsMax: scalarsMax).units
        letters.reserveCapacity(units.count)
        while position < units.count {
            if units[position].isWordPart { readWord() } else { position += 1 }
        }
    }

    private func kind(_ index: Int) -> FoldedUnit.Kind { index < units.count ? units[index].kind : .separator }
    private var length: Int { letters.count - start }

    private mutating func readWord() {
        start = letters.count
        var script = units[position].kind
        var isAcronym = false
        take()
        while position < units.count {
            let next = kind(position)
            if Words.continues(script, with: next) {
                if next == .latin { script = .latin }
                take()
            } else if let width = acronymSign(script) {
                isAcronym = true
                position += width
            } else if next == .apostrophe, script == .hebrew || script == .latin, kind(position + 1) == script {
                if script == .latin, cutsAtApostrophe() { continue }
                position += 1
            } else if next == .comma, script == .digit, groupsThousands() {
                position += 1
            } else {
                break
            }
        }
        guard length > 0 else { return }
        words.append(Word(range: start..<letters.count, script: script, isAcronym: isAcronym))
    }

    private static func continues(_ script: FoldedUnit.Kind, with next: FoldedUnit.Kind) -> Bool {
        switch script {
        case .latin, .digit: next == .latin || next == .digit
        default: next == script
        }
    }

    /// Doubled ו and י are one: where they are doubled depends on the writer and on prefixes (ועדה, הוועדה).
    private mutating func take() {
        let unit = units[position]
        position += 1
        let isVavOrYod = unit.kind == .hebrew && (unit.scalar == 0x05D5 || unit.scalar == 0x05D9)
        let isDoubled = isVavOrYod && length > 0 && letters[letters.count - 1] == unit.scalar
        if !isDoubled, length < Words.lettersMax { letters.append(unit.scalar) }
    }

    /// The width of a sign here that makes the word an acronym: gershayim (or two apostrophes) before at most three last letters, or a dot
    /// between single letters. Quotation marks elsewhere, as in ב"הארץ", end the word.
    private func acronymSign(_ script: FoldedUnit.Kind) -> Int? {
        guard script == .hebrew || script == .latin else { return nil }
        let sign = kind(position)
        if sign == .dot {
            let isSingle = kind(position + 1) == script && !Words.continues(script, with: kind(position + 2))
            return isSingle && (position < 2 || !Words.continues(script, with: kind(position - 2))) ? 1 : nil
        }
        guard script == .hebrew else { return nil }
        let width = sign == .quote ? 1 : sign == .apostrophe && kind(position + 1) == .apostrophe ? 2 : 0
        guard width > 0 else { return nil }
        let rest = (position + width..<position + width + 4).prefix { kind($0) == .hebrew }.count
        return (1...3).contains(rest) ? width : nil
    }

    /// French elision (l'impôt → impôt) drops what stands before the apostrophe, the English genitive (citizen's) what stands after it.
    private mutating func cutsAtApostrophe() -> Bool {
        if Words.elided.contains(Array(letters[start...])) {
            letters.removeLast(length)
            position += 1
            return true
        }
        if units[position + 1].scalar == 0x73, !Words.continues(.latin, with: kind(position + 2)), kind(position + 2) != .apostrophe {
            position += 2
            return true
        }
        return false
    }

    private func groupsThousands() -> Bool {
        (position + 1...position + 3).allSatisfy { kind($0) == .digit } && !Words.continues(.digit, with: kind(position + 4))
            || (position + 1...position + 3).allSatisfy { kind($0) == .digit } && kind(position + 4) == .comma
    }

    private static let elided: Set<[UInt32]> = Set(
        ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"].map { $0.unicodeScalars.map(\.value) })
}
