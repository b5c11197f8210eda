import Dispatch

/// Holds threads until it is opened.
final class DispatchGate: Sendable {
    private let group = DispatchGroup()

    init() { group.enter() }
    func open() { group.leave() }
    func wait() { group.wait() }
}
