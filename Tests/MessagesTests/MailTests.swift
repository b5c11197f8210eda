import Language
import Testing
import Values
@testable import Messages

@Suite struct MailAddressTests {
    @Test(arguments: ["a@b.example", "first.last+tag@sub.domain.example", "o'brien@x.co.il", "1@2.example", "A@B.EXAMPLE"])
    func ordinaryAddressesAreTaken(text: String) throws {
        let address = try #require(MailAddress(text))
        #expect(address.description.lowercased() == text.lowercased())
    }

    @Test(arguments: [
        "", "a", "@b", "a@", "a@@b", "a b@c.example", "a@b.example\r\nRCPT TO:<c@d>", "a\n@b.example", "<a@b.example>", "a@b.example>",
        "a..b@c.example",
        ".a@b.example", "a@-b.example", "a@b-.example", "a@b..example", "\"a b\"@c.example", "a@[127.0.0.1]", "דנה@b.example",
        "a@\u{0}b.example",
        "a,b@c.example", "a@b.example;c@d.example",
    ])
    func whatCouldEndACommandIsNoAddress(text: String) { #expect(MailAddress(text) == nil) }

    @Test func lengthsAreBounded() {
        #expect(MailAddress(String(repeating: "a", count: 65) + "@b.example") == nil)
        #expect(MailAddress("a@" + String(repeating: "b", count: 64) + ".example") == nil)
        #expect(MailAddress(String(repeating: "a", count: 10_000) + "@b.example") == nil)
    }
}

@Suite struct MailHeaderTests {
    @Test func plainTextStaysAsItIs() { #expect(MailHeader.text("Your code: 123456") == "Your code: 123456") }

    @Test func hebrewBecomesEncodedWords() {
        #expect(MailHeader.text("הקוד שלך") == "=?UTF-8?B?\(Base64.encode(Array("הקוד שלך".utf8)))?=")
    }

    /// RFC 2047 section 2: an encoded word has at most 75 characters, a line with one at most 76.
    @Test func longTextIsCutBetweenCharacters() throws {
        let text = String(repeating: "שלום עולם 🙂 ", count: 30)
        let lines = MailHeader.text(text).split(separator: "\r\n ").map(String.init)
        #expect(lines.count > 5 && lines.allSatisfy { $0.count <= 75 })
        let words = try lines.map { line in
            let content = try #require(Base64.decode(String(line.dropFirst(10).dropLast(2))))
            return try #require(String(validating: content, as: UTF8.self))
        }
        #expect(words.joined() == text)
    }

    @Test func nothingBeginsAnotherHeaderLine() {
        var random = SplitMix(seed: 11)
        let parts = ["\r\n", "\n", "\r", "\u{0}", "\u{85}", "\u{2028}", "Bcc: thief@x.example", "ש", "a", " ", "=?UTF-8?Q?x?=", "\"", "<",
            "\u{0B}"]
        for _ in 0..<500 {
            let count = Int.random(in: 0...20, using: &random)
            let text = (0..<count).compactMap { _ in parts.randomElement(using: &random) }.joined()
            for value in [MailHeader.text(text), MailHeader.mailbox(text, MailAddress("a@b.example").unsafelyUnwrapped)] {
                // Folded lines begin with a blank, so they belong to the same header (RFC 5322 section 2.2.3).
                let lines = value.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
                #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(" ") && $0.count > 1 })
                #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } })
            }
        }
    }

    @Test func namesAreQuotedOrEncoded() throws {
        let address = try #require(MailAddress("a@b.example"))
        #expect(MailHeader.mailbox("Zamin", address) == "\"Zamin\" <a@b.example>")
        #expect(MailHeader.mailbox("", address) == "<a@b.example>")
        #expect(MailHeader.mailbox("x\" <thief@x.example>", address).hasPrefix("=?UTF-8?B?"))
    }

    @Test func dates() {
        #expect(MailHeader.date(Instant(seconds: 0)) == "Thu, 1 Jan 1970 00:00:00 +0000")
        #expect(MailHeader.date(Instant(seconds: 1_795_450_257)) == "Mon, 23 Nov 2026 16:10:57 +0000")
    }
}

@Suite struct SMTPServerTests {
    @Test func withoutUserTheDefaultIsPort25() throws {
        let server = try SMTPServer("smtp://mail.example")
        #expect(server.url == "smtp://mail.example:25" && server.user == nil && !server.insistsOnTLS)
    }

    @Test func aPasswordInsistsOnTLS() throws {
        let server = try SMTPServer("smtp://me:p%40ss@mail.example")
        #expect(server.url == "smtp://mail.example:587" && server.user == "me" && server.password == "p@ss" && server.insistsOnTLS)
    }

    @Test func smtpsIsEncryptedFromTheStart() throws {
        let server = try SMTPServer("smtps://mail.example")
        #expect(server.url == "smtps://mail.example:465" && server.isEncryptedFromStart)
    }

    @Test(arguments: ["", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example/box", "smtp://mail.example:70000",
        "file:///etc/passwd"])
    func anythingElseIsRefused(text: String) { #expect(throws: MessagesError.malformedSMTPURL) { try SMTPServer(text) } }
}
