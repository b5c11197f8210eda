import Contracts
import Database
import Foundation
import Synchronization
import Values
import Web

enum Project {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    static func json(_ path: String) throws -> JSON { try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")))) }
}

/// Answers by operation as told, and remembers what was asked.
final class TestExchange: Exchange {
    static let at = Instant(seconds: 1_795_000_000)
    private let answers: [String: Result<JSON?, ExchangeError>]
    private let seen = Mutex<[ExchangeRequest]>([])
    var asked: [ExchangeRequest] { seen.withLock { $0 } }

    init(_ answers: [String: Result<JSON?, ExchangeError>]) { self.answers = answers }

    func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer {
        seen.withLock { $0.append(request) }
        guard let answer = answers[request.operation] else { throw .notCovered(request.operation) }
        return ExchangeAnswer(
            value: try answer.get(), ownerID: "owner-of-\(request.operation)", agreementID: "agreement", at: TestExchange.at)
    }
}

/// One registered person.
struct TestPeople: People {
    func card(of id: String, in connection: any Connection) throws -> PersonCard? { nil }
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { id == "subject-1" ? "600000012" : nil }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? { nil }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] { [] }
}
