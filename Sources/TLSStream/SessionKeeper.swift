/// Who keeps the sessions that devices may resume, as one connection of a server sees it.
package protocol SessionKeeper: AnyObject {
    /// The session that the peer offers to go on with, as octets; nil is a full handshake, whatever the reason. The peer has
    /// not yet proved that it has the session's secret.
    func session(offeredAs id: SessionID) -> [UInt8]?

    /// How long the session that is being handed out will be taken back. Zero: not at all.
    func lifetimeOfNewSession() -> Int64

    /// The handshake is through, the peer has proved its key or the secret of the session before: this one may be resumed.
    func keep(_ session: [UInt8], as id: SessionID)

    /// A fatal alert ended the connection: its session must not be resumed (RFC 5246 §7.2.2).
    func forget(_ id: SessionID)
}
