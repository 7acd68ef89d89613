import * as v from 'valibot'
import {refuseUserInfo, registryProblem, repositoryProblem} from './location.ts'

/** A text with the reason why it does not do as the problem that is shown. */
const checked = (problemOf: (text: string) => string | undefined) =>
  v.pipe(
    v.string(),
    v.rawCheck(({dataset, addIssue}) => {
      if (!dataset.typed) return
      const message = problemOf(dataset.value)
      if (message !== undefined) addIssue({message})
    }),
  )

/** `storage.config` of the type `oci`. */
export const ociConfigSchema = v.strictObject({
  registry: checked((text) => {
    refuseUserInfo(text)
    return registryProblem(text)
  }),
  repository: checked(repositoryProblem),
  /** For this registry and no other. Without a password it counts as absent: a variable may not be set. */
  auth: v.optional(
    v.strictObject({username: v.optional(v.string()), password: v.optional(v.string())}),
  ),
  /** HTTP instead of HTTPS. Without it: HTTP on this machine, HTTPS elsewhere. */
  plainHttp: v.optional(v.boolean()),
  /** HTTPS with a certificate that nobody vouches for. */
  insecure: v.optional(v.boolean()),
  /** PEM file of the authorities to trust for this registry, in place of the system's. */
  caFile: v.optional(v.pipe(v.string(), v.nonEmpty('a file'))),
  /** Whether a push moves the tag `latest`. */
  latest: v.optional(v.boolean()),
})

export type OciConfig = v.InferOutput<typeof ociConfigSchema>
