import Contracts
import Database
import HTTPTypes
import Values
import Web

extension Payments {
    /// Where the acquirer tells that something changed. It may tell twice, late, or in any order: a notification only makes us ask, and
    /// the answer counts.
    var notificationRoute: Route {
        .api(
            .post, "/api/v1/payments/notifications", for: .signedPeer(reason: "RFC 9421 signature of the acquirer"), "payments.notify",
            "A change of a payment at the acquirer",
            body: [
                "type": "object", "required": ["id", "payment"],
                "properties": [
                    "id": ["type": "string", "minLength": 1, "maxLength": 64], "type": ["type": "string", "maxLength": 64],
                    "payment": [
                        "type": "object", "required": ["reference"], "properties": ["reference": ["type": "string", "maxLength": 64]],
                    ],
                ],
            ], answers: [.init(204, "Taken in, now or before")], rate: .busy, bodyLimit: 32 * 1024
        ) { call in
            let notice = try acquirer.notice(in: call)
            guard UUIDv7.isWellFormed(notice.reference) else { throw Problem.notFound }
            try await database.write { connection in
                guard let payment = try store.find(notice.reference.lowercased(), in: connection) else { throw Problem.notFound }
                guard try store.remember(notification: notice.eventID, of: payment, at: clock.now(), in: connection) else { return }
                try enqueue(PaymentJob.ask, payment, key: notice.eventID, in: connection)
            }
            return .noContent()
        }
    }
}
