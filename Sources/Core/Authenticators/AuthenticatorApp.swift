internal import CQREncode
internal import Trust

/// What an authenticator app must know to show the codes of RFC 6238.
public struct AuthenticatorApp: Sendable, Hashable {
    /// 160 bits, as RFC 4226 section 4 advises.
    public let secret: [UInt8]

    public init(secret: [UInt8]) { self.secret = secret }
    public static func random() -> AuthenticatorApp { AuthenticatorApp(secret: RandomToken.randomBytes(20)) }

    /// As people type it, in groups of four (RFC 4648 section 6).
    public var typed: String {
        Base32.encode(secret).enumerated().map { ($0.offset > 0 && $0.offset.isMultiple(of: 4) ? " " : "") + String($0.element) }.joined()
    }

    /// The address in the square picture: `otpauth://totp/…`, as apps have agreed on it.
    /// - Parameters:
    ///   - issuer: who the codes are for, as the app shows it.
    ///   - account: which account of hers it is.
    public func address(issuer: String, account: String) -> String {
        let name = AuthenticatorApp.encode("\(issuer):\(account)")
        return "otpauth://totp/\(name)?secret=\(Base32.encode(secret))&issuer=\(AuthenticatorApp.encode(issuer))&algorithm=SHA1&digits=6&period=30"
    }

    private static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

/// Base32 without padding (RFC 4648 section 6).
enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    static func encode(_ bytes: [UInt8]) -> String {
        var (text, bits, count) = ("", UInt32(0), 0)
        for byte in bytes {
            (bits, count) = (bits << 8 | UInt32(byte), count + 8)
            while count >= 5 {
                count -= 5
                text.append(alphabet[Int(bits >> UInt32(count)) & 31])
            }
            bits &= (1 << UInt32(count)) - 1
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(5 - count)) & 31]) }
        return text
    }
}

/// A square picture that telephones read (ISO/IEC 18004).
public struct QRCode: Sendable, Hashable {
    /// Width and height in modules, with the quiet zone of four on each side.
    public let size: Int
    /// Path data of SVG 1.1 that fills the dark modules.
    public let path: String

    /// Nil when the text is too long for any version.
    public init?(_ text: String) {
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let (width, margin) = (Int(code.pointee.width), 4)
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while column < width, code.pointee.data[row * width + column] & 1 == 1 { column += 1 }
                if column > start { path += "M\(start + margin) \(row + margin)h\(column - start)v1h-\(column - start)z" }
                column += 1
            }
        }
        (size, self.path) = (width + 2 * margin, path)
    }
}
