/// A server certificate with an RSA key of 1024 bits, which the laboratory does not make, and the same key with a passphrase.
enum WeakServer {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIICHDCCAYWgAwIBAgIUAagzpcsuBCOgRe7NeuLCGFBvzUowDQYJKoZIhvcNAQEL
        BQAwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE1NDYyOFoYDzIxMjYx
        MDMwMTU0NjI4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwgZ8wDQYJKoZIhvcNAQEB
        BQADgY0AMIGJAoGBAL6yo2v0dj8jGS8KJuriLJtBzkdUweBJStuFiHB93lV04kqu
        Vrw2qGRQvqpABwK/slYf10RJNHojoe/qnJh9m4LcEXYdA2NtydWx3EFCQ62QnJWu
        2eDe0gl8wBDIQ29Kg3jAKXA7+PzTzdZ7Q9GxbsOdG1NcMLRUV86SJ2hiYOvzAgMB
        AAGjaTBnMB0GA1UdDgQWBBSBoky+bnlOZ1URHB9Nn7swtoX9qDAfBgNVHSMEGDAW
        gBSBoky+bnlOZ1URHB9Nn7swtoX9qDAPBgNVHRMBAf8EBTADAQH/MBQGA1UdEQQN
        MAuCCWxvY2FsaG9zdDANBgkqhkiG9w0BAQsFAAOBgQB4ydiqOYPUKFy3v56KEWPO
        da3vEaT1kvC+fPNJbTsGY/Z6meKJd1UIs8UwCP2tMO6WF2JJjtuvDTB9tpDvNbGB
        GiQBKbipyyGu0/wasTHz1FOohG0e8JkHX7nqPXnwqDR1Y5GKJDhv5L27YsE9gptm
        pS7DwRe5xSX/ZsoPQJZ/ZA==
        -----END CERTIFICATE-----

        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAL6yo2v0dj8jGS8K
        JuriLJtBzkdUweBJStuFiHB93lV04kquVrw2qGRQvqpABwK/slYf10RJNHojoe/q
        nJh9m4LcEXYdA2NtydWx3EFCQ62QnJWu2eDe0gl8wBDIQ29Kg3jAKXA7+PzTzdZ7
        Q9GxbsOdG1NcMLRUV86SJ2hiYOvzAgMBAAECgYBK7rb4fJ7aQFhs+3g/Y5BTkZAU
        x2FHWIVprRbn3Q24Vq102vyKCJAymufQzkfy9JCG9wwHcRyFweqn83CFGxY3rqgm
        JuiGrmlJT0Mui7tY8mt7Uqyb8WGv1CvsXJIuXu6KD8tP9qsDolxGhm/+z/mrnSce
        H/pARAQg56YCij3UQQJBAPfV1Clyzj+Myazb5N3FOjf3xDnGE9YhYAR/XXTeZsd0
        Ta07Uo0LKFjZ75aeiddeemgxXS2E4d7edVchkVCINpcCQQDE+u3AM/TxUguJcziJ
        S+dmR1DhE6fVvH/l4mAOI/NEV7APnbc7WHQyvg2ERcuM1lqijjvHM6c2hhqGbQui
        lV0FAkEAufIKC8siadXk3rfhQG8g3iscY8h0y50g4F77LJtM++sL+KRgrIgpjnh9
        ZUGv5BHzv0cCRQvFOCUqXuRFlemNIwJABo1iQzZ3O1/DSnsuskJ4HArbQeFpf86Z
        Yog5Mb84ZFmWXa6dXbf/hYCU6oV30+N9eFLK4kFxmnqzfy05adsWEQJBAIisk6Nh
        zWcpQnWQntWyPTBYvs6NjHG214Il6Tu+ySRdTXQn20+0GqBB9lHGXnBknW+1fJDc
        7uy6pJu1ZVUGh/w=
        -----END PRIVATE KEY-----

        """

    static let encryptedKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIIC3DBWBgkqhkiG9w0BBQ0wSTAoBgkqhkiG9w0BBQwwGwQIEj/5IVe9q54CAQEw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEBzWOus6U83h4XlLs24POEIEggKA
        Ux5bdrnJ9Fh8tAn/upsxhkuVEv+IYloKUr41+ihK/tuSY+/InGOr0J74QiZxnYzG
        cd2hE+d2+R7W+tQ3OJdUlsaqnXhmonZacr9slmHfxxL9PrMkY+1Cx6IDUEi4wHuq
        GwgI4fgsCOEZnU2WA5LL8tU3oqeVhajg2J6u2LNur7bPgoyYIDynHh8BIb1nTIs2
        Z9I4Ht03d1qCnAP06HlSwUQzQE6rMumO3BEQn7q5ZyWEfqppJ4axs8+bY3nRWBMF
        x+6AfaLnvEpdTx4yNtmiacUCxz2EDzSlytLFqF2Pd7bqT0ZOAOjbKarZr6VKBzsK
        MPYwXlg3/FEZAL/LXhJZUcbBnWsFcaDexNRf4Bw7mnrsDszKmGrs8hr1IKFIlf60
        xXrRL3/D/3kjTsziap811aojj4aAp/hAQYswlG63gPQXqfcCWPq5ftu5AVsRmrQr
        ucQOxtzhtG6F2+a/2ndvRgGNkAiCwvKU4M6kWtXcDms57blwsmFUg10UZUbFZIbD
        iN+4A2ByM/6bw4MhoXchEl+74mxhXKm8b/t0raWBQNyka0eyNO+k6no+zN5BNzgq
        ECG+DWiOswjz6vre3rEJBCjctDIFaAy1xIYZEjzGXjrrfRNkcGfl/lphRFh9j+vj
        CkPEDzCcJ5Bc38QRNiTRimckaJBgJk3t98J7H/XKbUhZD5+hmuN++Zj63sVASakI
        +BQgjAVWSQxXVT9gm2l/XrMMjHullNc+x0wL4KZ10OGXNwjKY4j2KTP0GkRLpjzx
        akcWo8NraB8bPcAKutOMFinSx24HOqY0IDTTaaln4WqiCsq9/h+o2CU4qHScPKck
        zBOah0dCjDejbv9Phhr61w==
        -----END ENCRYPTED PRIVATE KEY-----

        """
}
