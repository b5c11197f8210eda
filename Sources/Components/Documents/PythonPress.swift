import Foundation
import Subprocess
import Synchronization
import Values

/// WeasyPrint and pyHanko, each time in a Python process of its own that ends with its answer. It gets none of our environment, so
/// none of our secrets: a hand-made PDF is read there.
public struct PythonPress: PaperPress {
    let python: String
    let toolsFolder: String
    let keyFolder: String
    let seconds: Int
    private let checks: Checks

    /// - Parameters:
    ///   - python: a path, or a name found in `PATH`.
    ///   - toolsFolder: where `render_pdf.py` and `verify_pdf.py` lie.
    ///   - keyFolder: where the signing key and its certificate lie, or are made at first use.
    ///   - seconds: how long one process may take.
    public init(python: String, toolsFolder: String, keyFolder: String, seconds: Int = 120) {
        (self.python, self.toolsFolder, self.keyFolder, self.seconds) = (python, toolsFolder, keyFolder, seconds)
        checks = Checks()
        PythonPress.brokenPipesAreErrors
    }

    /// A Python that ends before it has read its input must not end us too: writing to it then fails instead of raising SIGPIPE, which
    /// nobody below us prevents. For the whole process, once.
    private static let brokenPipesAreErrors: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    public func press(_ html: String, signer: String, reason: String) async throws -> [UInt8] {
        let order: JSON = ["html": .string(html), "keyFolder": .string(keyFolder), "signer": .string(signer), "reason": .string(reason)]
        let pdf = try await run(["\(toolsFolder)/render_pdf.py"], input: order.bytes)
        guard pdf.starts(with: "%PDF-".utf8) else { throw PressError.failed("no PDF came out") }
        return pdf
    }

    public func isGenuine(_ pdf: [UInt8]) async throws -> Bool {
        guard checks.enter() else { throw PressError.busy }
        defer { checks.leave() }
        let answer = try await run(["\(toolsFolder)/verify_pdf.py", "--keys", keyFolder], input: pdf)
        guard let isValid = try? JSON.parse(answer)["valid"]?.bool else { throw PressError.failed("no answer came out") }
        return isValid
    }

    /// Makes the signing key and certificate if they are missing. Whoever starts the platform calls it once; `press` does it too.
    public func prepareKey() async throws {
        _ = try await run(["\(toolsFolder)/make_signing_certificate.py", keyFolder], input: [])
    }

    /// What is missing, in words for an operator, or nil.
    public func shortcoming() async -> String? {
        do {
            _ = try await run(["-c", "import weasyprint, pyhanko, cryptography"], input: [])
            return nil
        } catch {
            return "\(python) cannot make documents (\(error)). Run: \(python) -m pip install -r \(toolsFolder)/requirements.txt"
        }
    }

    private static let pdfLimit = 32 * 1024 * 1024
    private static let complaintLimit = 256 * 1024

    private func run(_ arguments: [String], input: [UInt8]) async throws -> [UInt8] {
        let (python, seconds) = (python, seconds)
        return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            // Cancelling the task kills the process.
            defer { group.cancelAll() }
            group.addTask { try await PythonPress.process(python, arguments, input) }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            guard let output = try await group.next() ?? nil else { throw PressError.timedOut(seconds: seconds) }
            return output
        }
    }

    private static func process(_ python: String, _ arguments: [String], _ input: [UInt8]) async throws -> [UInt8] {
        let inherited = ProcessInfo.processInfo.environment
        let variables = ["PATH=\(inherited["PATH"] ?? "/usr/bin:/bin")", "HOME=\(inherited["HOME"] ?? "/")", "LANG=C.UTF-8", "PYTHONUTF8=1"]
        let outcome: (status: TerminationStatus, output: [UInt8], complaint: String)
        do {
            // Through env, which finds a mere name in PATH and takes nothing of our own environment along.
            let result = try await Subprocess.run(
                .name("env"), arguments: Arguments(["-i"] + variables + [python] + arguments), input: Input(bytes: input),
                output: .bytes(limit: pdfLimit), error: .bytes(limit: complaintLimit))
            outcome = (result.terminationStatus, result.standardOutput, String(decoding: result.standardError, as: UTF8.self))
        } catch let error as SubprocessError {
            throw PressError.failed(error.description)
        }
        // The last line of a Python traceback says what happened; the lines before it where.
        let complaint = String((outcome.complaint.split(separator: "\n").last ?? "").prefix(300))
        switch outcome.status {
        case .exited(0): return outcome.output
        case .exited(2): throw PressError.refused(complaint)
        case .exited(126), .exited(127): throw PressError.notInstalled(complaint)
        case .exited where complaint.contains("ModuleNotFoundError"): throw PressError.notInstalled(complaint)
        case .exited(let code): throw PressError.failed("exit \(code): \(complaint)")
        case .signaled(let signal): throw PressError.failed("signal \(signal)")
        }
    }
}

/// Bytes for a process that may end before it has read them. The library's own input leaves its pipe open when a write fails, and ends the
/// program over that; here the failure is passed over, because the exit status tells what happened.
private struct Input: InputProtocol {
    let bytes: [UInt8]
    func write(with writer: StandardInputWriter) async throws { _ = try? await writer.write(bytes) }
}

/// How many checks run: strangers start them.
private final class Checks: Sendable {
    private static let atOnce = 2
    private let running = Mutex(0)

    func enter() -> Bool {
        running.withLock { running in
            guard running < Checks.atOnce else { return false }
            running += 1
            return true
        }
    }

    func leave() { running.withLock { $0 -= 1 } }
}
