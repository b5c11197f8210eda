/// A browser in a few words, such as Firefox on Linux: enough for its owner to know it again.
struct Device: Sendable, Hashable {
    /// Empty when unknown.
    let browser: String
    /// Empty when unknown.
    let system: String

    init(browser: String, system: String) { (self.browser, self.system) = (browser, system) }

    init(userAgent: String?) {
        let text = userAgent?.prefix(512) ?? ""
        func first(_ names: [(mark: String, name: String)]) -> String { names.first { text.contains($0.mark) }?.name ?? "" }
        self.init(browser: first(Device.browsers), system: first(Device.systems))
    }

    /// In this order: most browsers also name those they descend from.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"),
    ].map { (mark: $0.0, name: $0.1) }
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ].map { (mark: $0.0, name: $0.1) }
}
