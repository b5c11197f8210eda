@testable import Authenticators
import Testing
import Values

@Suite struct AuthenticatorAppTests {
    /// RFC 4648 section 10, without padding.
    @Test(arguments: [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")])
    func base32(text: String, encoded: String) { #expect(Base32.encode(Array(text.utf8)) == encoded) }

    @Test func theAddressNamesIssuerAccountAndSecret() {
        let app = AuthenticatorApp(secret: Array("12345678901234567890".utf8))
        #expect(app.typed == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
        let address = app.address(issuer: "Zamin", account: "נועה ברק")
        #expect(address.hasPrefix("otpauth://totp/Zamin%3A%D7%A0%D7%95"))
        #expect(address.hasSuffix("?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Zamin&algorithm=SHA1&digits=6&period=30"))
        #expect(AuthenticatorApp.random().secret.count == 20 && AuthenticatorApp.random() != AuthenticatorApp.random())
    }

    /// ISO/IEC 18004: version 1 has 21 modules and each side a quiet zone of four; a finder pattern begins in the corner.
    @Test func thePictureHasAQuietZone() throws {
        let code = try #require(QRCode("ZAMIN"))
        #expect(code.size == 29 && code.path.hasPrefix("M4 4h7v1h-7z"))
        #expect(QRCode(String(repeating: "x", count: 5_000)) == nil)
    }

    @Test func onlyWholeSmallCBORIsRead() throws {
        #expect(CBOR([0xA1, 0x61, 0x61, 0x01])?.asMap == ["a": .number(1)])
        #expect(CBOR([0x38, 0x63]) == .number(-100) && CBOR([0xF5]) == .bool(true) && CBOR([0x82, 0x01, 0x40])?.asList == [.number(1), .bytes([])])
        let hostile: [[UInt8]] = [
            [], [0x9F, 0xFF], [0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xBB, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xA2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02], [0x61, 0xFF], [0x01, 0x01], [0xF9, 0, 0],
            [UInt8](repeating: 0x81, count: 5_000), [0x1C],
        ]
        for bytes in hostile { #expect(CBOR(bytes) == nil, "\(bytes.prefix(9))") }
    }
}
