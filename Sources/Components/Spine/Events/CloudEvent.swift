import Contracts
import Values

/// That something about a person changed, as a register tells it: CloudEvents 1.0, in JSON (section 3 of its JSON format).
struct CloudEvent: Sendable, Hashable {
    static let mediaType = "application/cloudevents+json"

    /// The same change told again has the same; with `source` there is no other.
    let id: String
    /// A URI reference of the register.
    let source: String
    /// The operation in agreements: `population.addressChanged`.
    let type: String
    /// The person's national number.
    let subject: String
    /// RFC 3339.
    let time: String?
    let data: JSON

    init(id: String, source: String, type: String, subject: String, time: String?, data: JSON) {
        (self.id, self.source, self.type, self.subject, self.time, self.data) = (id, source, type, subject, time, data)
    }

    /// Nil for anything else, and for data that is no JSON object. Extension attributes are not read.
    init?(_ json: JSON) {
        guard json["specversion"]?.string == "1.0", let id = json["id"]?.string, (1...200).contains(id.utf8.count),
            let source = json["source"]?.string, (1...500).contains(source.utf8.count), let type = json["type"]?.string,
            let subject = json["subject"]?.string, NationalNumber(subject)?.digits == subject, let data = json["data"], data.object != nil,
            json["datacontenttype"].map({ $0.string == "application/json" }) ?? true
        else { return nil }
        let time = json["time"]?.string
        guard json["time"] == nil || time.map(CloudEvent.isTime) == true else { return nil }
        self.init(id: id, source: source, type: type, subject: subject, time: time, data: data)
    }

    private static func isTime(_ text: String) -> Bool {
        text.utf8.count <= 40 && CalendarDate(String(text.prefix(10))) != nil && text.dropFirst(10).first?.uppercased() == "T"
    }

    var json: JSON {
        .members([
            "specversion": "1.0", "id": .string(id), "source": .string(source), "type": .string(type), "subject": .string(subject),
            "time": time.map(JSON.string), "datacontenttype": "application/json", "data": data,
        ])
    }

    func with(data: JSON) -> CloudEvent { CloudEvent(id: id, source: source, type: type, subject: subject, time: time, data: data) }
}
