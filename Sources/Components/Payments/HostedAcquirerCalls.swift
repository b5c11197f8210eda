import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import Values

/// One question over HTTP, and its answer in our words.
extension HostedAcquirer {
    func ask(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil, key: String? = nil, byteLimit: Int = HostedAcquirer.byteLimit)
        async throws(AcquirerFailure) -> JSON {
        var request = HTTPClientRequest(url: settings.baseURL + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(settings.apiKey)")
        request.headers.add(name: "Accept", value: "application/json")
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body.bytes)
        }
        let (status, bytes): (Int, [UInt8])
        do {
            let response = try await client.execute(request, timeout: .seconds(HostedAcquirer.timeoutSeconds))
            let collected = try await response.body.collect(upTo: byteLimit)
            (status, bytes) = (Int(response.status.code), Array(collected.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw .unreadable("too large")
        } catch {
            throw .unavailable("\(error)")
        }
        let answer = try? JSON.parse(bytes)
        switch status {
        case 200..<300:
            guard let answer else { throw .unreadable("not JSON") }
            return answer
        case 408, 429, 500...: throw .unavailable("status \(status)")
        default: throw .refused(status: status, code: answer?["type"]?.string ?? "\(status)")
        }
    }

    func report(_ answer: JSON) throws(AcquirerFailure) -> AcquirerReport {
        guard let id = answer["id"]?.string, let reference = answer["reference"]?.string, let amount = answer["amount"]?.int,
            let currency = answer["currency"]?.string, let version = answer["version"]?.int
        else { throw .unreadable("a payment without its members") }
        guard let state = answer["state"]?.string.flatMap({ HostedAcquirer.states[$0] }) else { throw .unreadable("an unknown state") }
        let url = answer["checkoutUrl"]?.string
        // A person is sent where the acquirer is, and nowhere else.
        if let url, !url.hasPrefix(settings.origin + "/") { throw .unreadable("a checkout page elsewhere") }
        let failure = answer["failure"]?.string.map { AcquirerReport.failures.contains($0) ? $0 : "other" }
        return AcquirerReport(
            acquirerID: id, reference: reference, amount: Money(minorUnits: amount, currency: currency), state: state,
            version: version, checkoutURL: url, cardBrand: answer["card"]?["brand"]?.string,
            cardLastFour: answer["card"]?["lastFour"]?.string, failure: failure)
    }

    public func settlement(of day: CalendarDate) async throws(AcquirerFailure) -> [SettlementLine] {
        let answer = try await ask(.GET, "/v1/settlements/\(day)", byteLimit: HostedAcquirer.settlementByteLimit)
        guard answer["day"]?.string == day.description, let lines = answer["lines"]?.array else { throw .unreadable("settlement") }
        return try lines.map { line throws(AcquirerFailure) in
            guard let id = line["payment"]?.string, let reference = line["reference"]?.string, let amount = line["amount"]?.int,
                let currency = line["currency"]?.string, let kind = line["kind"]?.string.flatMap(SettlementLine.Kind.init)
            else { throw .unreadable("a settlement line without its members") }
            return SettlementLine(
                acquirerID: id, reference: reference, kind: kind, amount: Money(minorUnits: amount, currency: currency))
        }
    }

    /// Its states, in our words.
    private static let states = [
        "open": "started", "challenged": "started", "pending": "pending", "authorised": "authorised", "captured": "captured",
        "partially-refunded": "captured", "refunded": "refunded", "declined": "declined", "cancelled": "cancelled",
        "expired": "expired",
    ]
}
