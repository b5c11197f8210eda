internal import Foundation

extension SigningKey {
    /// Like `open(folder:name:)`, and lays the public key beside it as `name.public.pem`, for those who must know it.
    public static func openPublished(folder: String, name: String, algorithm: SignatureAlgorithm = .ed25519) throws -> SigningKey {
        let key = try open(folder: folder, name: name, algorithm: algorithm)
        let path = VerifyingKey.path(folder, name)
        let text = Data(key.verifyingKey.pem.utf8)
        if FileManager.default.contents(atPath: path) != text { try text.write(to: URL(fileURLWithPath: path), options: .atomic) }
        return key
    }
}

extension VerifyingKey {
    static func path(_ folder: String, _ name: String) -> String { "\(folder)/\(name).public.pem" }

    /// Reads `name.public.pem` in the folder. Throws `KeyError.malformed` when it is missing or no key.
    public static func read(folder: String, name: String) throws(KeyError) -> VerifyingKey {
        guard let bytes = FileManager.default.contents(atPath: path(folder, name)) else {
            throw .malformed("\(name).public.pem is missing")
        }
        return try VerifyingKey(pem: String(decoding: bytes, as: UTF8.self))
    }
}
