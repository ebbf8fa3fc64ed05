import { generate } from "selfsigned";

/** Creates a key and a self-signed certificate for loopback and a host, both as PEM. */
export async function makeCertificate(host = "localhost"): Promise<{ key: string; certificate: string }> {
  const { private: key, cert: certificate } = await generate(
    [{ name: "commonName", value: "local Yandex Cloud" }],
    {
      keyType: "ec",
      extensions: [
        { name: "basicConstraints", cA: true },
        {
          name: "subjectAltName",
          altNames: [
            { type: 7, ip: "127.0.0.1" },
            { type: 2, value: host },
          ],
        },
      ],
    },
  );
  return { key, certificate };
}
