public import Values

/// Civil time in Asia/Jerusalem by rule, without a table of zones.
///
/// Since 2013 summer time, UTC+3, begins on the Friday before the last Sunday of March at 02:00 and ends on the last Sunday of October at
/// 02:00 (IANA time zone database, rule "Zion"); otherwise UTC+2. The rule is also applied to earlier years, where real dates of change
/// differed by up to some weeks: instants here are events of the platform, which has none so old.
public enum IsraelTime {
    public struct Local: Sendable, Hashable {
        public let date: CalendarDate
        /// 0…23 and 0…59.
        public let hour: Int
        public let minute: Int
    }

    public static func local(_ instant: Instant) -> Local {
        let seconds = clamped(flooredDivision(instant.microseconds, 1_000_000))
        let shifted = seconds + offsetSeconds(atUTC: seconds)
        let day = flooredDivision(shifted, 86_400)
        let second = Int(shifted - day * 86_400)
        return Local(date: CalendarDate(daysSince1970: day), hour: second / 3_600, minute: second / 60 % 60)
    }

    /// The date on the wall in Israel: "today" for terms and validity.
    public static func date(_ instant: Instant) -> CalendarDate { local(instant).date }

    /// The instant of a time on the wall. In the hour skipped in March the clock has moved on (02:30 is 03:30); in the hour repeated in
    /// October the first one is meant.
    public static func instant(_ date: CalendarDate, hour: Int = 0, minute: Int = 0) -> Instant {
        let wall = date.daysSince1970 * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60
        let summer = wall - 10_800
        return Instant(seconds: offsetSeconds(atUTC: summer) == 10_800 ? summer : wall - 7_200)
    }

    /// 7,200 or 10,800.
    static func offsetSeconds(atUTC seconds: Int64) -> Int64 {
        let year = CalendarDate(daysSince1970: flooredDivision(seconds, 86_400)).year
        // Friday 02:00 at UTC+2 is Friday 00:00 UTC; Sunday 02:00 at UTC+3 is Saturday 23:00 UTC.
        let begin = (lastSunday(of: 3, year) - 2) * 86_400
        let end = lastSunday(of: 10, year) * 86_400 - 3_600
        return (begin..<end).contains(seconds) ? 10_800 : 7_200
    }

    /// The day number of the last Sunday of March or October, both of 31 days. The first of January 1970 was a Thursday.
    private static func lastSunday(of month: Int, _ year: Int) -> Int64 {
        guard let last = CalendarDate(year: max(1, min(year, 9_999)), month: month, day: 31) else { return 0 }
        return last.daysSince1970 - Int64(last.weekday)
    }

    /// Years 1 to 9999, the range of `CalendarDate`, less a day at each end for the offset.
    private static func clamped(_ seconds: Int64) -> Int64 { min(max(seconds, -62_135_510_400), 253_402_214_399) }

    private static func flooredDivision(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }
}
