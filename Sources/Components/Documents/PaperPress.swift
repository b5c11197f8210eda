/// Makes signed PDFs of HTML, and checks them.
public protocol PaperPress: Sendable {
    /// Renders HTML (complete, referring to nothing outside itself) and signs it. Throws `PressError`.
    func press(_ html: String, signer: String, reason: String) async throws -> [UInt8]
    /// Whether the file bears our signature and is as it was when it was signed. Throws `PressError` when that cannot be found out.
    func isGenuine(_ pdf: [UInt8]) async throws -> Bool
}

public enum PressError: Error, Sendable, Hashable {
    /// The Python of the setting `ZAMIN_PYTHON`, or a package of `Tools/requirements.txt`, is not there.
    case notInstalled(String)
    case timedOut(seconds: Int)
    /// The HTML cannot become a paper, now or later.
    case refused(String)
    case failed(String)
    /// As many checks are running as this machine should do at once.
    case busy
}
