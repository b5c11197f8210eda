import Dispatch
import Foundation

/// Waits for Ctrl-C or a polite request to end.
final class StopSignal: @unchecked Sendable {
    // Dispatch sources are thread-safe but not marked so; these are only kept alive here.
    private let sources: [any DispatchSourceSignal]
    private let stream: AsyncStream<Void>

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        self.stream = stream
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
    }

    func wait() async { for await _ in stream { return } }
}
