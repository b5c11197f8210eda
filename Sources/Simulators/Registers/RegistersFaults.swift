import Synchronization
import Values

/// Misbehaviour on demand, for tests of those who ask. It exists only when the setting allows it.
final class RegistersFaults: Sendable {
    enum Mode: String, Sendable, CaseIterable {
        case none, slow, hang, down, wrongSignature = "wrong-signature", otherAnswer = "other-answer"
    }

    private let current = Mutex<Mode>(.none)
    var mode: Mode {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// How long an answer waits, in milliseconds.
    var delayMilliseconds: Int {
        switch mode {
        case .slow: 1_500
        case .hang: 120_000
        case .none, .down, .wrongSignature, .otherAnswer: 0
        }
    }
}
