import Database
import HTTPTypes
import Trust
import Values
import Web

/// The JSON interface of the registers. Every question and every answer is signed; personal numbers stand in bodies, never in addresses.
struct RegistersAPI: Sendable {
    let database: any Database
    let store = RegistersStore()
    let desk: SignedDesk
    /// Nil where misbehaving is not allowed.
    let faults: RegistersFaults?

    var routes: [Route] { RegisterOperation.all.map(route) + (faults.map { [faultRoute($0)] } ?? []) }

    private func route(_ operation: RegisterOperation) -> Route {
        .api(
            .post, operation.path, for: .signedPeer(reason: "RFC 9421 signature of a gateway of the spine"), operation.id,
            operation.summary,
            body: operation.parameters,
            answers: [
                .init(200, "What the register holds, signed", schema: operation.answer), .init(404, "Nothing by these parameters, signed"),
            ], rate: .busy, bodyLimit: 16 * 1024
        ) { call in try await answer(call, operation) }
    }

    private func answer(_ call: Call, _ operation: RegisterOperation) async throws -> Reply {
        let request = try desk.trusted(call)
        if let faults, faults.mode == .down { throw Problem.unavailable }
        if let delay = faults?.delayMilliseconds, delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
        let parameters = try call.json()
        let found = try await database.read { connection in try operation.run(parameters, store, connection) }
        let (value, status): (JSON, Int) = found.map { ($0, 200) } ?? (["error": "unknown"], 404)
        switch faults?.mode {
        case .wrongSignature: return try desk.signed(value, status: status, to: request, by: .generate(), now: call.time)
        case .otherAnswer:
            var reply = try desk.signed(value, status: status, to: request, now: call.time)
            reply.body.append(UInt8(ascii: " "))
            return reply
        default: return try desk.signed(value, status: status, to: request, now: call.time)
        }
    }

    private func faultRoute(_ faults: RegistersFaults) -> Route {
        .api(
            .post, "/faults", for: .signedPeer(reason: "exists only where ZAMIN_REGISTERS_FAULTS is set, and answers this machine only"),
            "registers.setFault", "Makes the registers misbehave, for tests",
            body: [
                "type": "object",
                "properties": ["mode": ["type": "string", "enum": .strings(RegistersFaults.Mode.allCases.map(\.rawValue))]],
                "required": ["mode"],
            ], answers: [.init(204, "Done")]
        ) { call in
            guard ["127.0.0.1", "::1"].contains(call.remoteAddress) else { throw Problem.notAllowed }
            faults.mode = try call.json()["mode"]?.string.flatMap(RegistersFaults.Mode.init) ?? .none
            return .noContent()
        }
    }
}
