// Limits, formats and the features of ADQL → what the record of our own TAP service says it can do (TAPRegExt 1.0 §2).
import { formats } from '../formats/index.js'
import type { TableAccessFacts } from '../voresource/capabilities/table-access.js'
import type { TapLimits } from './limits.js'

type Language = NonNullable<TableAccessFacts['languages']>[number]

/** What cannot be read off this room. */
export interface ServiceFacts {
  readonly limits: TapLimits
  /** Optional features by the IVOID of their list, in any case. */
  readonly features: NonNullable<Language['features']>
  /** Data models, for a registry that is configured as full (RegTAP 1.2 §7). */
  readonly dataModels?: NonNullable<TableAccessFacts['dataModels']>
}

/** The facts for `SelfContext.tableAccess`. */
export function tableAccessFacts({ limits, features, dataModels = [] }: ServiceFacts): TableAccessFacts {
  return {
    ...(dataModels.length > 0 && { dataModels }),
    languages: [
      {
        name: 'ADQL',
        versions: ['2.0', '2.1'],
        description: 'ADQL 2.1; queries written for ADQL 2.0 run unchanged.',
        features,
      },
    ],
    outputFormats: formats.map(({ mediaType, aliases, ivoid }) => ({
      mime: mediaType,
      aliases: [...aliases],
      ...(ivoid !== undefined && { ivoid }),
    })),
    uploadMethods: ['inline', 'http', 'https'],
    retentionPeriodSeconds: { default: limits.keepSecondsDefault, hard: limits.keepSecondsHard },
    executionDurationSeconds: { default: limits.jobSecondsDefault, hard: limits.jobSecondsHard },
    outputLimitRows: { default: limits.maxRowsDefault, hard: limits.maxRowsHard },
    uploadLimitBytes: { hard: limits.uploadBytes },
  }
}
