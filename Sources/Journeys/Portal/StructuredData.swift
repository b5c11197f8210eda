import Catalogue
import Contracts
import Language
import Values

/// A service for search engines: schema.org `GovernmentService` (https://schema.org/GovernmentService) as JSON-LD. It stands in a data
/// block, which browsers neither run nor hold against the content security policy.
struct StructuredData {
    let portal: Portal
    let wording: Wording

    /// JSON in which no sign can end the element it stands in.
    func text(of service: PublicService) -> String {
        var output = ""
        for scalar in json(of: service).text.unicodeScalars {
            switch scalar {
            case "<": output += "\\u003c"
            case ">": output += "\\u003e"
            case "&": output += "\\u0026"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    func json(of service: PublicService) -> JSON {
        let language = wording.language
        let page = "\(portal.settings.publicURL)\(wording.prefix)/services/\(service.id)"
        return [
            "@context": "https://schema.org", "@type": "GovernmentService", "@id": .string(page), "url": .string(page),
            "name": text(service.name), "description": text(service.summary), "serviceType": text(service.name),
            "areaServed": ["@type": "Country", "name": "IL"],
            "audience": .array(
                service.beneficiaries.map { ["@type": "Audience", "audienceType": .string(wording.text("for.\($0.rawValue)"))] }),
            "serviceOperator": organisation(service.bodyIDs[0]),
            "provider": .array(service.bodyIDs.map(organisation)),
            "availableChannel": .array(service.channels.map { channel(service, $0, page) }),
            "offers": [
                "@type": "Offer", "price": .string(service.cost.amount.decimal), "priceCurrency": .string(service.cost.amount.currency),
            ],
            "keywords": .string(service.keywords[language].joined(separator: ", ")),
        ]
    }

    private func text(_ text: LocalizedText) -> JSON {
        let reading = text.reading(in: wording.language)
        return ["@language": .string(reading.language.rawValue), "@value": .string(reading.text)]
    }

    private func organisation(_ id: String) -> JSON {
        [
            "@type": "GovernmentOrganization", "name": .string(wording.bodyName(id)),
            "url": .string("\(portal.settings.publicURL)\(wording.prefix)/bodies/\(id)"),
        ]
    }

    private func channel(_ service: PublicService, _ channel: PublicService.Channel, _ page: String) -> JSON {
        let online = service.formID.map { "\(portal.settings.publicURL)\(wording.prefix)/forms/\($0)" } ?? service.link ?? page
        return .members([
            "@type": "ServiceChannel", "name": .string(wording.text("channel.\(channel.kind.rawValue)")), "description": text(channel.text),
            "serviceUrl": channel.kind == .online ? .string(online) : nil,
        ])
    }
}
