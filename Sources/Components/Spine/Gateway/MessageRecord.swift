import Contracts
import Values

/// What is kept of a message on one side: about 350 bytes, and none of what was said.
struct MessageRecord: Sendable {
    /// The side that writes the row.
    enum Face: String, Sendable { case consumer, provider }

    var bodyID: String
    /// The same on both sides.
    var id: String
    var face: Face
    var otherID: String
    var operation: String
    var agreementID: String?
    var agreementVersion: Int?
    var purpose: String
    var basis: Basis
    /// As it stands in `Spine-Actor`.
    var actor: String
    var caseID: String?
    /// Known on the consumer's side only.
    var subjectID: String?
    /// SHA-256 in hexadecimal.
    var requestHash: String
    var requestBytes: Int
    var answerHash: String?
    var answerBytes = 0
    /// Values the minimiser took out.
    var dropped = 0
    /// `permit`, or the reason of the refusal.
    var decision: String
    /// `answered`, `unknown`, or what went wrong.
    var outcome: String
    var at: Instant
    var tookMicroseconds: Int64 = 0
}
