import Contracts
import Foundation
import Hummingbird
import HTTPTypes
import Logging
import NIOCore
import Trust
import Values

/// A register that knows everybody at once: 2 KB about a person, signed as a register must at one path and bare at another, so that what is
/// measured is the way and not the register.
enum BenchRegister {
    static let command = "bench-register"

    /// What an agreement lets through, and a little that it does not; 2 KB in all.
    static let person: JSON = [
        "nationalNumber": "600000012", "givenName": "נועה", "familyName": "ברק", "birthDate": "2004-03-14", "maritalStatus": "single",
        "cardIssueDate": "2020-05-11",
        "address": ["localityCode": 4000, "street": .string(String(repeating: "הגליל ", count: 150)), "house": "27", "floor": "2"],
        "parents": [["givenName": "רות"]], "children": [],
    ]

    /// `bench-register PORT KEYFOLDER`: the folder has `registers.pem` and `gateway.public.pem`.
    static func run(_ arguments: [String]) async {
        do {
            guard arguments.count == 3, let port = Int(arguments[1]) else { exit(64) }
            try await serve(port, try SigningKey.open(folder: arguments[2], name: "registers"), try VerifyingKey.read(folder: arguments[2], name: "gateway"))
        } catch {
            Benchmarks.say("\(error)")
            exit(1)
        }
    }

    private static func serve(_ port: Int, _ key: SigningKey, _ client: VerifyingKey) async throws {
        let body = person.bytes
        guard let base = BaseURL("http://127.0.0.1:\(port)") else { throw BenchmarkError("no address") }
        let router = Router()
        router.post("/population/person") { request, _ in
            let asked = Array(try await request.body.collect(upTo: 65_536).readableBytesView)
            let message = SignableMessage.request(
                method: "POST", target: base.target("/population/person"), headers: request.headers.map { .init($0.name.rawName, $0.value) })
            _ = try SignedExchange.register.verify(request: message, body: asked, now: TimeSource.wallClock.now()) { $0 == client.keyID ? client : nil }
            var answer = HTTPFields()
            answer[.contentType] = "application/json"
            let bare = SignableMessage.response(status: 200, headers: [], to: message)
            for header in try SignedExchange.register.signed(answer: bare, body: body, by: key, now: TimeSource.wallClock.now()).headers {
                if let name = HTTPField.Name(header.name) { answer.append(HTTPField(name: name, value: header.value)) }
            }
            return Response(status: .ok, headers: answer, body: .init(byteBuffer: ByteBuffer(bytes: body)))
        }
        router.post("/bare") { request, _ in
            _ = try await request.body.collect(upTo: 65_536)
            return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: body)))
        }
        router.get("/") { _, _ in "ready" }
        var logger = Logger(label: "register")
        logger.logLevel = .error
        try await Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger).runService()
    }
}
