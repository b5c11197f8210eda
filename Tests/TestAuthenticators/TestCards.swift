internal import Foundation

/// Smart cards of a made-up authority, by `Tests/cards`; made once for all tests of a process.
public struct TestCards: Sendable {
    /// `good`, `bare`, `other`, `expired`, `revoked`, `mail`, `nobody`, `stranger`.
    public let folder: String

    public static let shared: TestCards = {
        let root = URL(fileURLWithPath: "\(#filePath)/../../..").standardizedFileURL.path
        let folder = NSTemporaryDirectory() + "zamin-cards-\(ProcessInfo.processInfo.processIdentifier)"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(root)/Tests/cards")
        process.arguments = ["make", folder]
        try? process.run()
        process.waitUntilExit()
        return TestCards(folder: folder)
    }()

    /// A certificate as DER.
    public func der(_ name: String) -> [UInt8] { Array(FileManager.default.contents(atPath: "\(folder)/\(name).der") ?? Data()) }
}
