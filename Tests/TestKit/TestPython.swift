internal import Foundation

/// The Python with the packages of `Tools/requirements.txt`: the setting `ZAMIN_PYTHON`, else `.venv` beside the sources, else `python3`.
/// Tests that need a package say so with `.enabled(if: TestPython.has("aiosmtpd"), TestPython.reason)`.
public enum TestPython {
    /// The folder with `Package.swift`.
    public static let root = URL(fileURLWithPath: "\(#filePath)/../../..").standardizedFileURL.path

    public static let path: String = {
        if let set = ProcessInfo.processInfo.environment["ZAMIN_PYTHON"], !set.isEmpty { return set }
        let own = "\(root)/.venv/bin/python3"
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }()

    /// Whether all of these modules can be imported.
    public static func has(_ modules: String...) -> Bool {
        (try? run(["-c", "import \(modules.joined(separator: ", "))"]))?.status == 0
    }

    /// Runs Python with these arguments to its end.
    public static func run(_ arguments: [String], input: [UInt8] = []) throws -> (status: Int32, output: [UInt8]) {
        let (process, output, stdin) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [path] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = stdin
        try process.run()
        stdin.fileHandleForWriting.write(Data(input))
        try stdin.fileHandleForWriting.close()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, Array(bytes))
    }
}
