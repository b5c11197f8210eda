import Contracts
import Database
import Values
import Web

/// Questions that a person was asked and has not answered.
extension Delivery {
    static let questionReminderDays: Int64 = 7
    private static let questionLimit = 200

    /// Reminds once of each. A case that is closed by now waits for nothing.
    func remindOfQuestions() async throws {
        let (now, store) = (clock.now(), store)
        let asked = try await database.read {
            try store.unanswered(askedBefore: now.adding(days: -Delivery.questionReminderDays), limit: Delivery.questionLimit, in: $0)
        }
        for question in asked {
            try await database.write { connection in
                guard try store.markReminded(question: question.id, caseID: question.caseID, at: now, in: connection),
                    let item = try store.find(question.caseID, in: connection), item.state == .waiting
                else { return }
                // A body that must agree asks in its own name, on the page of the request.
                let shown = item.isLeg ? try store.find(item.rootID, in: connection) ?? item : item
                try store.append(.questionReminded, to: shown, by: .system("delivery"), told: true, at: now, in: connection)
                try tell(shown, "case.question-reminder", from: item.bodyID, key: "question-reminder:\(question.id)", in: connection)
            }
        }
    }
}
