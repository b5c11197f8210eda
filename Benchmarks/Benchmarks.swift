import Foundation

/// `make bench`: one line per figure, each beside a reference that was measured in the same run.
///
///     benchmarks                 everything
///     benchmarks search pages    some groups
///
/// A goal that is missed is printed as missed and does not fail the run; what cannot be measured does.
@main
struct Benchmarks {
    typealias Group = @Sendable () async throws -> [Figure]

    /// The table of contents. Short ones first.
    static let groups: [(name: String, measure: Group)] = [
        ("commits", CommitFigures.measure), ("search", SearchFigures.measure), ("pages", PageFigures.measure),
        ("submissions", SubmissionFigures.measure), ("identity", IdentityFigures.measure), ("tokens", TokenFigures.measure),
        ("spine", SpineFigures.measure), ("log", LogFigures.measure), ("server", ServerFigures.measure),
    ]

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == ReferenceServer.command { return await ReferenceServer.run(arguments) }
        if arguments.first == BenchRegister.command { return await BenchRegister.run(arguments) }
        let unknown = arguments.filter { name in !groups.contains { $0.name == name } }
        guard unknown.isEmpty else {
            say("There is no group \(unknown.joined(separator: ", ")); there are \(groups.map(\.name).joined(separator: ", "))")
            exit(64)
        }
        var failures = 0
        for group in groups where arguments.isEmpty || arguments.contains(group.name) {
            say("measuring \(group.name) …")
            do { for figure in try await group.measure() { print(figure.line) } } catch {
                failures += 1
                say("\(group.name) could not be measured: \(error)")
            }
            fflush(nil)
        }
        exit(failures == 0 ? 0 : 1)
    }

    /// On standard error: standard output holds figures only.
    static func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}
