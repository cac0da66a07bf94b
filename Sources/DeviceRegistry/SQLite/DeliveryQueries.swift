import GRDB
import PKITypes

/// The outbox of hooks: exactly the steps that one of them is to hear of.
enum DeliveryQueries {
    /// Of a hook that was never heard of, everything before now is past: it would call about the dead of years.
    static func queue(_ hook: String, on states: Set<DeviceState>, at now: UnixSeconds, in database: Database) throws {
        let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM transition") ?? 0
        let seen = try Int64.fetchOne(database, sql: "SELECT last_transition FROM hook WHERE name = ?", arguments: [hook])
        guard seen != last else { return }
        if let seen {
            let wanted = states.map { "\($0.rawValue)" }.joined(separator: ", ")
            try database.execute(
                sql: """
                    INSERT INTO delivery (transition, hook, outcome, attempts, answer, time, due) \
                    SELECT id, ?, \(code(.pending)), 0, '', time, ? FROM transition \
                    WHERE id > ? AND from_state <> to_state AND to_state IN (\(wanted)) ORDER BY id
                    """,
                arguments: [hook, now.rawValue, seen])
        }
        try database.execute(
            sql: "INSERT OR REPLACE INTO hook (name, last_transition) VALUES (?, ?)", arguments: [hook, last])
    }

    static func note(_ result: HookResult, of delivery: HookDelivery, in database: Database) throws {
        try database.execute(
            sql: "UPDATE delivery SET outcome = ?, attempts = ?, answer = ?, time = ?, due = ? WHERE id = ?",
            arguments: [
                code(result.outcome), delivery.attempts + 1, result.answer, result.time.rawValue, result.due?.rawValue,
                delivery.number,
            ])
    }

    static func due(_ hooks: [String], at now: UnixSeconds, limit: Int, in database: Database) throws -> [HookDelivery] {
        let places = hooks.map { _ in "?" }.joined(separator: ", ")
        let sql = """
            SELECT delivery.id, delivery.hook, device.identity, delivery.attempts, \(SQLiteQueries.transitionSelection) \
            FROM delivery JOIN transition ON transition.id = delivery.transition JOIN device ON device.id = transition.device \
            WHERE delivery.due <= ? AND delivery.hook IN (\(places)) ORDER BY delivery.due, delivery.id LIMIT \(limit)
            """
        let arguments = StatementArguments([now.rawValue]) + StatementArguments(hooks)
        return try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
            var columns = SQLiteColumns(row)
            let number = try columns.integer("id")
            let hook = try columns.text("hook")
            let identity = DeviceIdentity(text: try columns.text("identity"))
            let attempts = Int(try columns.integer("attempts"))
            return HookDelivery(
                number: number, hook: hook, identity: identity, transition: try SQLiteQueries.transition(&columns),
                attempts: attempts)
        }
    }

    static func receipts(of identity: DeviceIdentity, in database: Database) throws -> [HookReceipt] {
        let sql = """
            SELECT delivery.hook, transition.to_state, delivery.outcome, delivery.attempts, delivery.answer, delivery.time \
            FROM transition JOIN delivery ON delivery.transition = transition.id \
            WHERE transition.device = (SELECT id FROM device WHERE identity = ?) ORDER BY delivery.id
            """
        return try Row.fetchAll(database, sql: sql, arguments: [identity.text]).map { row in
            var columns = SQLiteColumns(row)
            let hook = try columns.text("hook")
            let state = try columns.value("to_state") { UInt8.fromDatabaseValue($0).flatMap(DeviceState.init(rawValue:)) }
            let outcome = try columns.value("outcome") { Int64.fromDatabaseValue($0).flatMap(Self.outcome) }
            let attempts = Int(try columns.integer("attempts"))
            return HookReceipt(
                hook: hook, state: state, outcome: outcome, attempts: attempts, answer: try columns.text("answer"),
                time: try columns.moment("time"))
        }
    }

    static func waiting(in database: Database) throws -> [String: Int] {
        var waiting: [String: Int] = [:]
        let sql = "SELECT hook, count(*) FROM delivery WHERE due IS NOT NULL GROUP BY hook"
        for row in try Row.fetchAll(database, sql: sql) {
            var columns = SQLiteColumns(row)
            let hook = try columns.text("hook")
            waiting[hook] = Int(try columns.integer("count"))
        }
        return waiting
    }

    // The numbers lie in stores: they stay.
    private static func code(_ outcome: HookReceipt.Outcome) -> Int64 {
        switch outcome {
        case .pending: 1
        case .failed: 2
        case .delivered: 3
        case .abandoned: 4
        }
    }

    private static func outcome(_ code: Int64) -> HookReceipt.Outcome? {
        HookReceipt.Outcome.allCases.first { self.code($0) == code }
    }
}
