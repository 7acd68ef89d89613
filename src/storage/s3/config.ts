import * as v from 'valibot'
import {bucketProblem, endpointProblem, prefixProblem, regionProblem} from './names.ts'

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

/** `storage.config` of the type `s3`. Credentials are the AWS SDK's business, and never stand here. */
export const s3ConfigSchema = v.strictObject({
  bucket: checked(bucketProblem),
  /** Default: AWS_REGION, AWS_DEFAULT_REGION, or that of the profile; `us-east-1` beside an `endpoint`. */
  region: v.optional(checked(regionProblem)),
  /** Before every key, as a folder. Default: none. */
  prefix: v.optional(checked(prefixProblem)),
  /** URL of a server other than AWS. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL. */
  endpoint: v.optional(checked(endpointProblem)),
  /** `<endpoint>/<bucket>` instead of `<bucket>.<endpoint>`. Default: beside an `endpoint` that is not AWS's. */
  forcePathStyle: v.optional(v.boolean()),
})

export type S3Config = v.InferOutput<typeof s3ConfigSchema>
