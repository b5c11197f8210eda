import Foundation
package import Trust

/// Where keys and secrets of this installation lie. In the demo country one machine holds every party's; a real one gives each its own
/// folder and shares public keys only.
package struct Keys: Sendable {
    package let folder: String

    package init(_ settings: Settings) throws {
        folder = "\(settings.dataFolder)/keys"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    package func vault() throws -> Vault { Vault(keyring: try Keyring.open(folder: "\(folder)/vault")) }
    package func signing(_ name: String) throws -> SigningKey { try SigningKey.openPublished(folder: folder, name: name) }

    /// A secret two processes of one machine share, made by whichever comes first.
    package func shared(_ name: String) throws -> String {
        let bytes = try SecretFile.openOrCreate("\(folder)/\(name).secret") { Array(RandomToken.make(bytes: 32).utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
