import Testing

@testable import Language

/// Without the mark of acronyms, which no text has.
private func surfaces(_ text: String) -> [String] { analyser.lexemes(of: text).filter { $0.form == .surface }.map { String($0.letters) } }

/// Scalars from all that folding treats in its own way, and some from anywhere.
private func randomText(_ random: inout SeededRandom) -> String {
    let blocks: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0x0590...0x05F4, 0x05D0...0x05EA, 0x0600...0x06FF, 0x0400...0x045F, 0xC0...0x17F, 0x0300...0x036F, 0xFB1D...0xFB4F,
        0xFE80...0xFEFC, 0x2010...0x2069, 0xFF01...0xFF5E, 0x0000...0x001F, 0x0001...0x2FFFF, 0x22...0x2E,
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...40, using: &random) {
        let block = blocks[Int.random(in: 0..<blocks.count, using: &random)]
        if let scalar = Unicode.Scalar(UInt32.random(in: block, using: &random)) { text.append(scalar) }
    }
    return String(text)
}

@Test func analysingSurfacesAgainChangesNothing() {
    var random = SeededRandom(seed: 20_261_122)
    for _ in 0..<4_000 {
        let text = randomText(&random)
        let once = surfaces(text)
        #expect(surfaces(once.joined(separator: " ")) == once, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
    }
}

@Test func lexemesAreLettersAndDigitsOnly() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<4_000 {
        for lexeme in analyser.lexemes(of: randomText(&random)) {
            let isPlain = lexeme.text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .lowercaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .uppercaseLetter, .titlecaseLetter: true
                default: false
                }
            }
            #expect(isPlain && !lexeme.text.isEmpty && lexeme.text.unicodeScalars.count <= Words.lettersMax + 1)
        }
    }
}

@Test func aTextIsFoundByItsOwnWords() {
    var random = SeededRandom(seed: 11)
    for _ in 0..<2_000 {
        let text = randomText(&random)
        let index = Set(analyser.lexemes(of: text).map(\.text))
        for term in terms(text) { #expect(term.contains(where: index.contains)) }
    }
}

@Test func hostileInputIsBounded() {
    let million = 1_000_000
    let texts = [
        String(repeating: "\u{0}", count: million), String(repeating: "\u{05B8}", count: million), String(repeating: "א", count: million),
        String(repeating: "\"", count: million), String(repeating: "א\"", count: million), String(repeating: "l'", count: million),
        String(repeating: "a.", count: million), String(repeating: "1,", count: million), String(repeating: "ו", count: million),
        String(repeating: "שכשמהב ", count: million / 8), "a" + String(repeating: "\u{0301}", count: million),
        String(decoding: [UInt8](repeating: 0xFF, count: million), as: UTF8.self),
    ]
    for text in texts {
        let lexemes = analyser.lexemes(of: text)
        #expect(lexemes.count <= Analyser.scalarsMax * 20)
        #expect(terms(text).count <= Analyser.queryTermsMax)
    }
    #expect(surfaces("\u{0301}\u{05B8}") == [])
    #expect(surfaces(String(repeating: "a", count: 100)) == [String(repeating: "a", count: Words.lettersMax)])
    #expect(analyser.lexemes(of: "אבג דהו", scalarsMax: 3).first?.text == "אבג")
}
