import Database
import HTTPTypes
import Values
import Web

/// What a merchant gets for a day, to read by program or to file.
extension Acquirer {
    var settlementRoutes: [Route] {
        let audience = Audience.client(scope: MerchantAuthenticator.scope)
        return [
            .api(
                .get, "/v1/settlements/{day}", for: audience, "acquirer.settlement", "The settlement of a day (YYYY-MM-DD, in Israel)",
                answers: [.init(200, "Lines and totals", schema: AcquirerSchemas.settlement)]
            ) { call in .json(try await settlement(call).json) },
            .api(
                .get, "/v1/settlements/{day}/file", for: audience, "acquirer.settlementFile", "The same as a CSV file",
                answers: [.init(200, "The file", type: "text/csv")]
            ) { call in
                let settlement = try await settlement(call)
                return .file(Array(settlement.csv.utf8), type: "text/csv; charset=utf-8", name: "settlement-\(settlement.day).csv")
            },
        ]
    }

    private func settlement(_ call: Call) async throws -> Settlement {
        guard let day = CalendarDate(call.parameter("day")) else { throw Problem.notFound }
        return Settlement(day: day, movements: try await database.read { try book.notices.movements(of: call.actor.id, on: day, in: $0) })
    }
}
