import Database
import HTTPTypes
import Language
import Values
import Web

/// The hosted page, where a person types her card, and her bank's page for the code. The token in the address is all one needs: it is
/// long, and good for one payment.
extension Acquirer {
    var pageRoutes: [Route] {
        [
            .page(.get, "/", for: .everyone, "acquirer.showCards", "The test cards", showCards),
            .page(.get, "/checkout/{token}", for: .everyone, "acquirer.showCheckout", "The hosted page", showCheckout),
            .page(
                .post, "/checkout/{token}", for: .everyone, "acquirer.pay", "Pays with a card", rate: .guarded, bodyLimit: 8 * 1024, pay),
            .page(
                .get, "/checkout/{token}/challenge", for: .everyone, "acquirer.showChallenge", "The bank's page for the code",
                showChallenge),
            .page(
                .post, "/checkout/{token}/challenge", for: .everyone, "acquirer.answerChallenge", "Answers the bank with a code",
                rate: .guarded, bodyLimit: 8 * 1024, answerChallenge),
            .page(.post, "/checkout/{token}/cancel", for: .everyone, "acquirer.giveUp", "Goes back without paying", giveUp),
        ]
    }

    private func showCards(_ call: Call) async throws -> Reply {
        try site.page("acquirer/cards", Site.Heading(site.text("acquirer.cards.title", call)), ["cards": cards(call)], for: call)
    }

    /// The charge of the token as it is now. Changes it by `move`, unless it is over.
    private func charge(
        _ call: Call, _ move: @escaping @Sendable (inout Charge) throws(AcquirerError) -> [Charge] = { _ throws(AcquirerError) in [] }
    ) async throws -> Charge {
        let (token, now) = (call.parameter("token"), settings.clock.now())
        let found = try await database.write { connection -> Charge? in
            guard let charge = try book.store.find(token: token, in: connection) else { return nil }
            var current = charge
            current.advance(to: now)
            var states = current == charge ? [] : [current]
            if current.isAtThePage { states += try move(&current) }
            if !states.isEmpty { try book.save(states, after: charge, in: connection) }
            return current
        }
        guard let charge = found else { throw Problem.notFound }
        return charge
    }

    private func showCheckout(_ call: Call) async throws -> Reply {
        let charge = try await charge(call)
        switch charge.state {
        case .open: return try checkout(charge, call)
        case .challenged: return .seeOther(call.page("/checkout/\(charge.token)/challenge"))
        default: return try closed(charge, call)
        }
    }

    private func pay(_ call: Call) async throws -> Reply {
        let (form, now) = (try call.form(), settings.clock.now())
        let (entry, faults) = CardEntry.read(form, on: IsraelTime.date(now))
        guard let card = entry?.card else {
            let charge = try await charge(call)
            return charge.state == .open ? try checkout(charge, call, form: form, faults: faults) : onward(charge, call)
        }
        let delays = Charge.Delays(pendingSeconds: settings.pendingSeconds, lateSeconds: settings.lateSeconds)
        let paid = try await charge(call) { charge throws(AcquirerError) in
            charge.state == .open ? try charge.pay(card, delays: delays, at: now) : []
        }
        return onward(paid, call)
    }

    private func showChallenge(_ call: Call) async throws -> Reply {
        let charge = try await charge(call)
        switch charge.state {
        case .challenged: return try challenge(charge, call)
        case .open: return .seeOther(call.page("/checkout/\(charge.token)"))
        default: return try closed(charge, call)
        }
    }

    private func answerChallenge(_ call: Call) async throws -> Reply {
        let (code, now) = (try call.form().trimmed("code") ?? "", settings.clock.now())
        let answered = try await charge(call) { charge throws(AcquirerError) in
            guard charge.state == .challenged else { return [] }
            try charge.answerChallenge(code, at: now)
            return [charge]
        }
        return answered.state == .challenged ? try challenge(answered, call, isWrong: true) : onward(answered, call)
    }

    private func giveUp(_ call: Call) async throws -> Reply {
        let now = settings.clock.now()
        let charge = try await charge(call) { charge throws(AcquirerError) in
            try charge.cancel(at: now)
            return [charge]
        }
        return .seeOther(charge.returnURL)
    }

    /// Where the person goes next: to her bank, or back to the merchant, who asks us how it ended.
    private func onward(_ charge: Charge, _ call: Call) -> Reply {
        switch charge.state {
        case .open: .seeOther(call.page("/checkout/\(charge.token)"))
        case .challenged: .seeOther(call.page("/checkout/\(charge.token)/challenge"))
        default: .seeOther(charge.returnURL)
        }
    }
}
