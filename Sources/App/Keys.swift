import Foundation
import Trust

/// Where keys and secrets of this installation lie. In the demo country one machine holds every party's; a real one gives each its own
/// folder and shares public keys only.
struct Keys: Sendable {
    let folder: String

    init(_ settings: Settings) throws {
        folder = "\(settings.dataFolder)/keys"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func vault() throws -> Vault { Vault(keyring: try Keyring.open(folder: "\(folder)/vault")) }
    func signing(_ name: String) throws -> SigningKey { try SigningKey.openPublished(folder: folder, name: name) }

    /// A secret two processes of one machine share, made by whichever comes first.
    func shared(_ name: String) throws -> String {
        let bytes = try SecretFile.openOrCreate("\(folder)/\(name).secret") { Array(RandomToken.make(bytes: 32).utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
