@main struct Zamin { static func main() {} }
