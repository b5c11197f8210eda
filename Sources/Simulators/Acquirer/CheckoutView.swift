import Language
import Values
import Web

/// The hosted pages as data for their templates.
extension Acquirer {
    func cards(_ call: Call) -> [[String: Any]] {
        TestCard.all.map { ["number": $0.grouped, "about": site.text("acquirer.card.\($0.behaviour.rawValue)", call)] }
    }

    private func facts(_ charge: Charge, _ call: Call) -> [String: Any] {
        [
            "merchant": settings.merchant(charge.merchantID)?.name.text(in: call.language) ?? charge.merchantID, "what": charge.description,
            "amount": Formats.money(charge.amount, in: call.language), "action": call.page("/checkout/\(charge.token)"),
            "returnHref": charge.returnURL,
        ]
    }

    /// The page for the card. What was typed as number and code is not given back.
    func checkout(_ charge: Charge, _ call: Call, form: Fields = Fields(), faults: [CardEntry.Fault] = []) throws -> Reply {
        var data = facts(charge, call)
        data["cards"] = cards(call)
        data["until"] = Formats.time(charge.expiresAt)
        data["expiry"] = String((form["expiry"] ?? "").prefix(16))
        data["name"] = String((form["name"] ?? "").prefix(100))
        for fault in faults { data["\(fault.field)Fault"] = site.text("acquirer.fault.\(fault.rawValue)", call) }
        if !faults.isEmpty {
            data["errors"] = faults.map { ["href": "#\($0.field)", "text": site.text("acquirer.fault.\($0.rawValue)", call)] }
        }
        return try site.page(
            "acquirer/checkout", Site.Heading(site.text("acquirer.checkout.title", call), isError: !faults.isEmpty), data, for: call,
            status: faults.isEmpty ? 200 : 422)
    }

    func challenge(_ charge: Charge, _ call: Call, isWrong: Bool = false) throws -> Reply {
        var data = facts(charge, call)
        data["card"] = "•••• \(charge.cardLastFour ?? "")"
        if isWrong {
            let text = site.text("acquirer.fault.challenge", call)
            data["codeFault"] = text
            data["errors"] = [["href": "#code", "text": text]]
        }
        return try site.page(
            "acquirer/challenge", Site.Heading(site.text("acquirer.challenge.title", call), isError: isWrong), data, for: call,
            status: isWrong ? 422 : 200)
    }

    /// A payment that is over, opened again by the browser's back button or an old link.
    func closed(_ charge: Charge, _ call: Call) throws -> Reply {
        try site.page("acquirer/closed", Site.Heading(site.text("acquirer.closed.title", call)), facts(charge, call), for: call)
    }
}
